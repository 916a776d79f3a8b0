import { delimiter } from "node:path";
import type { MethodCard } from "@ticketbench/results";
import { readMethodCards } from "@ticketbench/results/node";

async function read(): Promise<ReadonlyMap<string, MethodCard>> {
  const shown = (process.env["TICKETBENCH_RESULTS"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const cards = new Map<string, MethodCard>();
  // Cards beside the results shown win over the published ones: they are of the code that made these results.
  for (const folder of [...shown, process.env["TICKETBENCH_PUBLISHED"] ?? ""]) {
    for (const card of (await readMethodCards(folder))?.methods ?? []) {
      if (!cards.has(card.id)) cards.set(card.id, card);
    }
  }
  return cards;
}

let cards: Promise<ReadonlyMap<string, MethodCard>> | undefined;

/** The methods' cards by id, read once a build; none where no results folder has them. */
export function loadMethodCards(): Promise<ReadonlyMap<string, MethodCard>> {
  cards ??= read();
  return cards;
}
