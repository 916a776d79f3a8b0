import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parameterCount } from "@ticketbench/model";
import { writeSafetensors } from "@ticketbench/model/node";
import type { StartFacts } from "../cell/start.ts";
import { weightsOfBundle } from "../cell/weights-bundle.ts";
import type { Plan } from "../plan/plan.ts";
import { asWorkspaceError } from "../run/atomic-file.ts";
import { type Bundle, decodeBundle } from "../run/bundle.ts";
import type { ArtifactStore } from "../run/store.ts";
import { prepareFolder, Workspace } from "../run/workspace.ts";
import { StudyError } from "../study/error.ts";
import { byteWords } from "./progress-line.ts";
import { checkSafetensorsTarget } from "./safetensors-target.ts";
import { planFor, type StudyWords } from "./study-source.ts";

export interface StartWords extends StudyWords {
  readonly work: string;
  readonly type: "fp32" | "fp16";
  readonly check?: boolean;
}

/**
 * `ticketbench model start`: the start weights that a study has made, as a checkpoint file that other studies begin
 * from. It carries its vocabulary and answers. With `--check` nothing is written: exit code 1 where the file is not
 * byte for byte what the study makes.
 */
export async function exportStart(source: string, file: string, words: StartWords): Promise<void> {
  checkSafetensorsTarget(file);
  const plan = await planFor(source, words);
  const bundle = await startBundle(plan, new Workspace(resolve(words.work)).store, source);
  if (words.check === true) return await check(file, bundle, words.type);
  await prepareFolder(dirname(file));
  await writeStart(file, bundle, words.type);
  const size = (await readFile(file)).length;
  const parameters = parameterCount(weightsOfBundle(bundle, "model")).toLocaleString("en");
  console.log(`${file}: ${parameters} parameters as ${words.type}, ${byteWords(size)}, ${await sha256(file)}`);
  for (const line of wordLines(bundle)) console.log(line);
}

async function startBundle(plan: Plan, store: ArtifactStore, source: string): Promise<Bundle> {
  const cell = plan.cells.find(({ kind }) => kind === "start");
  if (cell === undefined)
    throw new StudyError(`${source}: makes no start weights (start.kind is ${plan.study.start.kind})`);
  const hash = (await store.links(cell.id)).get("weights");
  if (hash === undefined)
    throw new StudyError(`${source}: its start weights are not made yet; run it first: npm run bench ${source}`);
  return decodeBundle(await store.get(hash));
}

async function writeStart(file: string, bundle: Bundle, type: StartWords["type"]): Promise<void> {
  const { vocabulary, answers } = factsOf(bundle);
  const metadata = new Map([
    ["vocabulary", vocabulary.join("\n")],
    ["answers", answers.join("\n")],
  ]);
  const dtype = type === "fp16" ? "F16" : "F32";
  try {
    await writeSafetensors(file, weightsOfBundle(bundle, "model"), { dtype, metadata });
  } catch (error) {
    throw asWorkspaceError(error, file);
  }
}

async function check(file: string, bundle: Bundle, type: StartWords["type"]): Promise<void> {
  if (!existsSync(file)) throw new StudyError(`${file}: no such file to check`);
  const folder = await mkdtemp(join(tmpdir(), "start-"));
  try {
    const again = join(folder, "start.safetensors");
    await writeStart(again, bundle, type);
    const [theirs, ours] = [await sha256(file), await sha256(again)];
    const isSame = theirs === ours;
    console.log(isSame ? `${file} is what the study makes: ${ours}` : `${file} is ${theirs}; the study makes ${ours}`);
    if (!isSame) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the start weights of a plan know about words, a line each, where LXMERT's tasks made them. */
export async function startLines({ cells, study }: Plan, store: ArtifactStore): Promise<string[]> {
  if (study.start.kind !== "lxmert") return [];
  const lines: string[] = [];
  for (const { id, kind } of cells) {
    const hash = kind === "start" ? (await store.links(id)).get("weights") : undefined;
    if (hash !== undefined) lines.push(...wordLines(decodeBundle(await store.get(hash))));
  }
  return lines;
}

function wordLines(bundle: Bundle): string[] {
  const { words } = factsOf(bundle);
  if (words === null) return [];
  const [seeing, blind] = [words.withImage.toFixed(3), words.withoutImage.toFixed(3)];
  return [
    `start weights: loss of masked words ${seeing} with the image, ${blind} without (${words.sentences} sentences)`,
  ];
}

function factsOf({ meta }: Bundle): StartFacts {
  return (meta as { facts: StartFacts }).facts;
}

async function sha256(file: string): Promise<string> {
  return `sha256 ${createHash("sha256")
    .update(await readFile(file))
    .digest("hex")}`;
}
