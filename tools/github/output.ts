import { appendFileSync } from "node:fs";

/** Gives later steps of a workflow a value of one line; where no workflow runs it is printed alone. */
export function setOutput(name: string, value: string, environment: NodeJS.ProcessEnv = process.env): void {
  const line = `${name}=${value}`;
  if (/[\r\n]/.test(line)) throw new Error(`an output of a workflow has one line: ${JSON.stringify(line)}`);
  console.log(line);
  const file = environment["GITHUB_OUTPUT"];
  if (file !== undefined) appendFileSync(file, `${line}\n`);
}
