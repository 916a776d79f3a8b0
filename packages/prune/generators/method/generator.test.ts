import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTree } from "@nx/devkit/testing";
import { ESLint } from "eslint";
import { afterAll, expect, test } from "vitest";
import { checkMethodFile } from "../../src/conformance/check-file.ts";
import { methodPath } from "../../src/method-files.ts";
import generate from "./generator.ts";
import { methodFile, methodTest } from "./template.ts";

let folder = "";
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a method and its test are made, and stand in nobody's way", () => {
  const tree = createTree();
  generate(tree, { name: "my-idea" });
  expect(tree.read("packages/prune/src/methods/my-idea.ts", "utf8")).toBe(methodFile("my-idea"));
  expect(tree.read("packages/prune/src/methods/my-idea.test.ts", "utf8")).toBe(methodTest("my-idea"));
  expect(() => generate(tree, { name: "my-idea" })).toThrow(/my-idea\.ts is there already/);
});

test("a generated method passes the conformance kit as it is", async () => {
  folder = await mkdtemp(join(tmpdir(), "ticketbench-generated-"));
  const file = join(folder, "my-idea.ts");
  await writeFile(file, methodFile("my-idea").replace('"../define-method.ts"', '"@ticketbench/prune"'));
  const findings = await checkMethodFile(file, { budget: 120 });
  expect(findings[0]).toMatchObject({ check: "loads", message: "My idea" });
  expect(findings.filter(({ status }) => status === "failed")).toEqual([]);
}, 150_000);

test("what the generator left to be done is refused by the lint", async () => {
  const eslint = new ESLint({ cwd: join(import.meta.dirname, "../..") });
  const { rules = {} } = (await eslint.calculateConfigForFile(methodPath("my-idea"))) as { rules?: object };
  expect(rules).toMatchObject({ "no-warning-comments": [2, { terms: ["todo"] }] });
  expect(methodFile("my-idea")).toContain("// TODO");
  expect(methodTest("my-idea")).toContain("// TODO");
});
