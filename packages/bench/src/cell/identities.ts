import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { autoEngine, openEngine } from "@ticketbench/backend/node";
import { parseParams } from "@ticketbench/prune";
import { loadMethod, methodVersion } from "@ticketbench/prune/node";
import type { Identities } from "../plan/plan.ts";
import { StudyError } from "../study/error.ts";
import { DENSE_SMALL, denseSmallIdentity } from "./dense-small.ts";
import { leaksOf, openDataset } from "./datasets.ts";

async function fileHash(file: string | URL): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

/** What the parts of a cell really are: data by content, start weights by file or recipe, methods by their code. */
export const identities: Identities = {
  async dataset(settings) {
    const dataset = await openDataset(settings);
    leaksOf(dataset, settings);
    return dataset.hash;
  },

  async checkpoint(file) {
    return await fileHash(file).catch(() => {
      throw new StudyError(`start.file: ${file} cannot be read: name a checkpoint, or start.kind: pretrain`);
    });
  },

  async method({ id, params }) {
    if (id === DENSE_SMALL) return await denseSmallIdentity(params);
    const method = await loadMethod(id);
    const version = await methodVersion(id);
    const { title, asCoded } = method;
    return {
      ...{ title, version, params: parseParams(method, params) as Record<string, never> },
      ...{ asCoded, neverRewinds: "schedule" in method },
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
