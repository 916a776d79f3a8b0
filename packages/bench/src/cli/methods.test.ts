import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { methodNames } from "@ticketbench/prune/node";
import { expect, test } from "vitest";
import { command, newFolder } from "../fixtures/arithmetic-run.ts";

function methodFile(folder: string, score: string): void {
  writeFileSync(
    join(folder, "mine.ts"),
    `import { defineMethod } from "@ticketbench/prune";
import { z } from "zod";

export default defineMethod({
  title: "Mine",
  idea: "A method in a file of its own.",
  family: "magnitude",
  cite: "@misc{mine, title = {Mine}}",
  params: z.strictObject({}),
  needs: "nothing",
  nests: true,
  score: ({ values }: { values: Float32Array }) => ${score},
});
`,
  );
}

test("every method is listed with its card", async () => {
  const { code, stdout } = await command("/", "methods");
  expect(code).toBe(0);
  const [head, , ...rows] = stdout.trim().split("\n");
  expect(head?.split(/ {2,}/)).toEqual(["method", "family", "needs", "title", "idea"]);
  expect(rows.map((row) => row.split(" ")[0])).toEqual([...(await methodNames()), "dense-small"].sort());
  expect(stdout).toMatch(
    /^magnitude +magnitude +nothing +Magnitude +Keep the weights of the largest absolute value.$/m,
  );
});

test("a method that is right passes, by name and as a file", async () => {
  const folder = newFolder();
  methodFile(folder, "values.map(Math.abs)");
  for (const name of ["magnitude", "mine.ts"]) {
    const { code, stdout } = await command(folder, "check", name);
    expect(stdout).toMatch(/^passed {2}exact counts: ./m);
    expect(stdout).toMatch(new RegExp(`^${name}: \\d+ passed, 0 warned, 0 failed$`, "m"));
    expect(code).toBe(0);
  }
});

test("a method that is wrong fails with a line for each property, exit code 1", async () => {
  const folder = newFolder();
  methodFile(folder, "values.map((weight) => -Math.abs(weight))");
  const { code, stdout } = await command(folder, "check", "mine.ts");
  expect(stdout).toMatch(/^failed {2}polarity: ./m);
  expect(stdout).toMatch(/^mine.ts: \d+ passed, \d+ warned, [1-9]\d* failed$/m);
  expect(code).toBe(1);
});

test("a method that never ends is stopped when its budget is spent", async () => {
  const folder = newFolder();
  methodFile(folder, "{ for (;;); }");
  const { code, stdout } = await command(folder, "check", "mine.ts", "--budget", "2");
  expect(stdout).toMatch(/^failed {2}sandbox: .* did not finish within 2 s of work/m);
  expect(code).toBe(1);
});

test.each([
  [["magnitud"], /no method is called "magnitud"; did you mean "magnitude"/],
  [["nowhere.ts"], /no method file at .*nowhere.ts/],
  [["magnitude", "--budget", "long"], /--budget long: expected seconds/],
])("what cannot be checked ends with 2: %j", async (words, message) => {
  const { code, stderr } = await command(newFolder(), "check", ...words);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});
