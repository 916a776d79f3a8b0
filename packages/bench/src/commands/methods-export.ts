import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Finding } from "@ticketbench/prune";
import type { MethodCard } from "@ticketbench/results";
import { writeMethodCards } from "@ticketbench/results/node";
import { methodNames, methodPath, methodVersion } from "@ticketbench/prune/node";
import { DENSE_SMALL, denseSmallIdentity } from "../cell/dense-small.ts";
import { checkInSandbox } from "../sandbox/check.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { StudyError } from "../study/error.ts";
import { parameterWords } from "./methods-parameters.ts";

/** What a card has room for; a method that fails may say more. */
const LONGEST_CHECK = 200;
const LONGEST_LINE = 2000;
/** A slow method on a busy machine must not be exported as a failed one. */
const BUDGET_SECONDS = 300;

/**
 * `ticketbench methods --export results/methods.json`: the card of every method that ships and what the conformance kit
 * says of it, for readers that know no method code. Exit code 1 when a method fails the kit.
 */
export async function exportMethods(file: string): Promise<void> {
  if (basename(file) !== "methods.json")
    throw new StudyError(`--export ${file}: the site looks for methods.json in a results folder; name that file`);
  const methods: MethodCard[] = [];
  for (const id of await methodNames()) {
    const card = await methodCard(id, methodPath(id), await checkInSandbox(id, { budget: BUDGET_SECONDS }));
    methods.push(card);
    const bad = card.conformance.filter(({ outcome }) => outcome === "failed");
    for (const { check, line } of bad) console.error(`${id}: failed  ${check}: ${line}`);
    if (bad.length > 0) process.exitCode = 1;
  }
  methods.push(await denseSmallCard());
  methods.sort((a, b) => (a.id < b.id ? -1 : 1));
  await writeMethodCards(dirname(file), { version: 1, methods });
  console.log(`${methods.length} methods in ${file}`);
}

/** The control that is no method's file, for it prunes nothing: the kit has nothing to check. */
export async function denseSmallCard(): Promise<MethodCard> {
  const { title, version } = await denseSmallIdentity({});
  return {
    id: DENSE_SMALL,
    title,
    idea: "A control: a smaller dense network with as many weights as a ticket keeps, trained from fresh weights.",
    citation: `@inproceedings{li2020train,
  title = {Train Large, Then Compress: Rethinking Model Size for Efficient Training and Inference of Transformers},
  author = {Li, Zhuohan and Wallace, Eric and Shen, Sheng and Lin, Kevin and Keutzer, Kurt and Klein, Dan and Gonzalez, Joseph E.},
  booktitle = {International Conference on Machine Learning},
  year = {2020}
}`,
    version,
    family: "control",
    needs: ["training"],
    parameters: [],
    conformance: [],
  };
}

/**
 * A method as its file describes it, with its version and what was found on it. Its code runs in a sandbox alone. Where
 * the file cannot be loaded, the card has its name alone, and the finding that says why.
 */
export async function methodCard(id: string, file: string, findings: readonly Finding[]): Promise<MethodCard> {
  const conformance = findings.map(({ check, status, message }) => ({
    ...{ check: check.slice(0, LONGEST_CHECK), outcome: status, line: message.slice(0, LONGEST_LINE) },
  }));
  if (!isLoadable(findings)) return { ...(await unloadable(id, file)), conformance };
  const sandbox = await Sandbox.open(file);
  const { title, idea, cite, family, needs, schema } = sandbox.card;
  await sandbox.close();
  return {
    ...{ id, title, idea, citation: cite.trim(), version: await methodVersion(file), family },
    ...{ needs: needs === "nothing" ? [] : [needs], parameters: parameterWords(schema), conformance },
  };
}

/** Whether the conformance kit could load the method. */
export function isLoadable(findings: readonly Finding[]): boolean {
  return findings.every(({ check, status }) => check !== "loads" || status === "passed");
}

/** Its version is of its own text alone: what it imports may not be there. */
async function unloadable(id: string, file: string): Promise<MethodCard> {
  const version = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  const idea = "Its file cannot be loaded.";
  return { id, title: id, idea, citation: "", version, needs: [], parameters: [], conformance: [] };
}
