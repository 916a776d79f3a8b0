import { loadMethod, methodNames } from "@ticketbench/prune/node";
import { columns } from "./columns.ts";

/** From this width on, titles have a column of their own. */
const WIDE = 120;

/** `ticketbench methods`: one row a method; a study names it by the first column. */
export async function methods(): Promise<void> {
  const width = process.stdout.isTTY ? process.stdout.columns : Infinity;
  const rows = [];
  for (const name of await methodNames()) {
    const { title, family, needs, idea } = await loadMethod(name);
    rows.push(width < WIDE ? [name, family, needs, `${title}: ${idea}`] : [name, family, needs, title, idea]);
  }
  const words = width < WIDE ? ["title: idea"] : ["title", "idea"];
  console.log(columns(["method", "family", "needs", ...words], rows, { width }));
}
