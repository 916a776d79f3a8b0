import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { autoEngine, openEngine } from "@ticketbench/backend/node";
import { ModelError } from "@ticketbench/model";
import { controlOf, type Method, parseParams } from "@ticketbench/prune";
import { loadMethod, methodVersion } from "@ticketbench/prune/node";
import type { Training } from "../plan/cell.ts";
import { contentHash } from "../plan/canonical.ts";
import type { Identities, MethodIdentity } from "../plan/plan.ts";
import { StudyError } from "../study/error.ts";
import { DENSE_SMALL, denseSmallIdentity } from "./dense-small.ts";
import { leaksOf, openDataset } from "./datasets.ts";
import { describeNetwork } from "./network.ts";
import { checkpointWeights } from "./start.ts";

async function fileHash(file: string | URL): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

/** Start weights that do not fit are found before anything runs. */
async function checkStart(training: Training): Promise<void> {
  if (training.start.kind !== "checkpoint") return;
  try {
    const dataset = await openDataset(training.dataset);
    const { config } = await describeNetwork(training, dataset);
    await checkpointWeights(training.start, config, dataset, 0);
  } catch (error) {
    if (error instanceof ModelError) throw new StudyError(`start.file: ${training.start.file}: ${error.message}`);
    throw error;
  }
}

/**
 * The code that a control rests on besides its own: the method whose mask it takes, which is checked like one that the
 * study names itself, and is found by `identify`. Nothing for a method that rests on none.
 */
export async function foundationOf(
  needs: Method["needs"],
  params: unknown,
  identify: Identities["method"],
): Promise<Pick<MethodIdentity, "of">> {
  if (needs !== "method") return {};
  const { of, with: inner } = controlOf.parse(params);
  if (of === DENSE_SMALL) throw new StudyError(`of: ${DENSE_SMALL} prunes nothing and has no mask to take`);
  const below = await identify({ id: of, params: inner });
  return { of: contentHash([below.version, below.of ?? null]) };
}

/** What the parts of a cell really are: data by content, start weights by file or recipe, methods by their code. */
export const identities: Identities = {
  async dataset(settings) {
    const dataset = await openDataset(settings);
    leaksOf(dataset, settings);
    return dataset.hash;
  },

  async checkpoint(file, training) {
    const hash = await fileHash(file).catch(() => {
      throw new StudyError(`start.file: ${file} cannot be read: name a checkpoint, or start.kind: pretrain`);
    });
    await checkStart(training);
    return hash;
  },

  async method({ id, params }) {
    if (id === DENSE_SMALL) return await denseSmallIdentity(params);
    const method = await loadMethod(id);
    const version = await methodVersion(id);
    const { title, asCoded, needs } = method;
    const parsed = parseParams(method, params) as Record<string, never>;
    return {
      ...{ title, version, params: parsed, asCoded, neverRewinds: "schedule" in method },
      ...(await foundationOf(needs, parsed, (inner) => identities.method(inner))),
    };
  },

  async engine(name, model) {
    const choice = name === "auto" ? autoEngine(model.hidden) : { name, reason: null };
    // Standard error: the choice is for people, events on standard output are for programs.
    if (choice.reason !== null) console.error(`engine ${choice.name}: ${choice.reason}`);
    const engine = await openEngine(choice.name);
    return { name: engine.name, version: engine.version, arithmetic: engine.arithmetic };
  },
};
