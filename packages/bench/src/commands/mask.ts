import { lxmertConfig, parameterShapes } from "@ticketbench/model";
import { decodeMask, hashMask, ledgerOf, type Shapes } from "@ticketbench/prune";
import { loadMask, saveMask } from "@ticketbench/prune/node";
import type { DoneResult } from "@ticketbench/results";
import { decodeBundle } from "../run/bundle.ts";
import { Workspace } from "../run/workspace.ts";
import { StudyError } from "../study/error.ts";
import { MASK } from "../cell/ticket.ts";
import { ledgerTable } from "./ledger-table.ts";
import { findResult } from "./results.ts";

/** `ticketbench mask export`: the mask of a ticket that was run here, as a file. */
export async function exportMask(name: string, file: string, { work }: { work: string }): Promise<void> {
  const result = await findTicket(name, work);
  const { store } = new Workspace(work);
  const hash = (await store.links(result.id)).get(MASK);
  if (hash === undefined)
    throw new StudyError(`${name}: its mask is not in ${work}; run its study there (--out another folder) to make it`);
  const encoded = decodeBundle(await store.get(hash)).arrays.get(MASK) as Uint8Array;
  await saveMask(file, await decodeMask(encoded, shapesOf(result)));
  console.log(`the mask of ${name} is in ${file}`);
}

/** `ticketbench mask show`: what a mask removes of a result's network; exit code 1 when it is not that result's own. */
export async function showMask(file: string, { result: name, work }: { result: string; work: string }): Promise<void> {
  const result = await findTicket(name, work);
  const mask = await loadMask(file, shapesOf(result));
  console.log(ledgerTable(ledgerOf(mask), { prunable: "prunable", gone: "pruned" }));
  const isOwn = (await hashMask(mask)) === result.maskHash;
  console.log(isOwn ? `it is the mask of ${name}` : `it fits the network of ${name}, which had another mask`);
  if (!isOwn) process.exitCode = 1;
}

async function findTicket(name: string, work: string): Promise<DoneResult> {
  const result = await findResult(name, work);
  if (result.status !== "done" || result.kind !== "ticket" || result.method?.id === "dense-small")
    throw new StudyError(`${name}: not a ticket that is done: nothing else has a mask`);
  return result;
}

/** The shapes of the network that a result is of: its config is a schema's to have checked. */
function shapesOf({ model }: DoneResult): Shapes {
  const config = lxmertConfig(model.config);
  return new Map([...parameterShapes(config)].map(([name, { shape }]) => [name, shape]));
}
