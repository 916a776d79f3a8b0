import { loadMethod, methodNames } from "@ticketbench/prune/node";
import { denseSmallCard } from "./methods-export.ts";
import { columns } from "./columns.ts";

/** From this width on, titles have a column of their own. */
const WIDE = 120;

/** `ticketbench methods`: one row a method; a study names it by the first column. */
export async function methods(): Promise<void> {
  const width = process.stdout.isTTY ? process.stdout.columns : Infinity;
  const rows = [];
  for (const { id, title, family, needs, idea } of await cards())
    rows.push(width < WIDE ? [id, family, needs, `${title}: ${idea}`] : [id, family, needs, title, idea]);
  const words = width < WIDE ? ["title: idea"] : ["title", "idea"];
  console.log(columns(["method", "family", "needs", ...words], rows, { width }));
}

type Card = Record<"id" | "title" | "family" | "needs" | "idea", string>;

async function cards(): Promise<Card[]> {
  const files = (await methodNames()).map(async (id): Promise<Card> => ({ id, ...(await loadMethod(id)) }));
  const small = await denseSmallCard();
  const all = [...(await Promise.all(files)), { ...small, family: small.family ?? "", needs: small.needs.join(", ") }];
  return all.sort((a, b) => (a.id < b.id ? -1 : 1));
}
