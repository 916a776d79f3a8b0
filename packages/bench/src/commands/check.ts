import { describeFinding } from "@ticketbench/prune";
import { checkInSandbox } from "../sandbox/check.ts";
import { warnWithoutWall } from "../sandbox/launch.ts";
import { StudyError } from "../study/error.ts";

/** `ticketbench check`: a line for each property, as soon as it is known; exit code 1 when one failed. */
export async function check(nameOrPath: string, words: { budget: string }): Promise<void> {
  const budget = Number(words.budget);
  if (!(budget > 0 && budget <= 86_400)) throw new StudyError(`--budget ${words.budget}: expected seconds, above 0`);
  warnWithoutWall();
  const findings = await checkInSandbox(nameOrPath, {
    budget,
    onFinding: (finding) => console.log(describeFinding(finding)),
  });
  const { passed = [], warned = [], failed = [] } = Object.groupBy(findings, ({ status }) => status);
  console.log(`${nameOrPath}: ${passed.length} passed, ${warned.length} warned, ${failed.length} failed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
