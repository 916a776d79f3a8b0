import { describeFinding } from "@ticketbench/prune";
import { checkMethodFile, loadMethod, methodNames } from "@ticketbench/prune/node";
import { StudyError } from "../study/error.ts";
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

/** `ticketbench check`: a line for each property, as soon as it is known; exit code 1 when one failed. */
export async function check(nameOrPath: string, words: { budget: string }): Promise<void> {
  const budget = Number(words.budget);
  if (!(budget > 0 && budget <= 86_400)) throw new StudyError(`--budget ${words.budget}: expected seconds, above 0`);
  const findings = await checkMethodFile(nameOrPath, {
    budget,
    onFinding: (finding) => console.log(describeFinding(finding)),
  });
  const { passed = [], warned = [], failed = [] } = Object.groupBy(findings, ({ status }) => status);
  console.log(`${nameOrPath}: ${passed.length} passed, ${warned.length} warned, ${failed.length} failed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
