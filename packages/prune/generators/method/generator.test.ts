import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTree } from "@nx/devkit/testing";
import { openCpuEngine } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { ESLint } from "eslint";
import { afterAll, expect, test } from "vitest";
import { checkMethod } from "../../src/conformance/check-method.ts";
import type { Finding } from "../../src/conformance/finding.ts";
import { loadMethod, methodPath } from "../../src/method-files.ts";
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
  // Below the package, where its imports are found.
  const scratch = join(import.meta.dirname, "../../dist");
  await mkdir(scratch, { recursive: true });
  folder = await mkdtemp(join(scratch, "generated-"));
  const file = join(folder, "my-idea.ts");
  const source = methodFile("my-idea").replace('"../define-method.ts"', '"@ticketbench/prune"');
  await writeFile(file, source);
  const method = await loadMethod(file);
  expect(method.title).toBe("My idea");
  const engines = [() => openEngine("wasm"), () => openCpuEngine()] as const;
  const findings: Finding[] = [];
  for await (const finding of checkMethod(method, { engines, source })) findings.push(finding);
  expect(findings.length).toBeGreaterThan(15);
  expect(findings.filter(({ status }) => status !== "passed")).toEqual([]);
}, 150_000);

test("what the generator left to be done is refused by the lint", async () => {
  const eslint = new ESLint({ cwd: join(import.meta.dirname, "../..") });
  const { rules = {} } = (await eslint.calculateConfigForFile(methodPath("my-idea"))) as { rules?: object };
  expect(rules).toMatchObject({ "no-warning-comments": [2, { terms: ["todo"] }] });
  expect(methodFile("my-idea")).toContain("// TODO");
  expect(methodTest("my-idea")).toContain("// TODO");
});
