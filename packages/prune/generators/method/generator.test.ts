import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { createTree } from "@nx/devkit/testing";
import { openCpuEngine } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { ESLint } from "eslint";
import { afterAll, describe, expect, test } from "vitest";
import { checkMethod } from "../../src/conformance/check-method.ts";
import type { Finding } from "../../src/conformance/finding.ts";
import { loadMethod } from "../../src/method-files.ts";
import generate from "./generator.ts";
import { methodFile, methodTest } from "./template.ts";

const ROOT = join(import.meta.dirname, "../../../..");

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

describe("the lint of a generated file", () => {
  const room = join(import.meta.dirname, "../..");
  const files = ["my-idea.ts", "my-idea.test.ts"].map((name) => join(room, "src/methods", name));
  const [method = "", methodsTest = ""] = files;
  /** The room's own rules; only where types come from is said besides, since the file is not on the disk. */
  const eslint = new ESLint({
    cwd: room,
    overrideConfig: {
      languageOptions: {
        parserOptions: { projectService: { allowDefaultProject: files.map((file) => relative(ROOT, file)) } },
      },
    },
  });
  /** "line: message" of each fault. */
  async function lint(file: string, text: string): Promise<string[]> {
    const [report] = await eslint.lintText(text, { filePath: file });
    return (report?.messages ?? []).map(({ line, message }) => `${line}: ${message}`);
  }
  const isTodo = (line: string): boolean => /^ *\/\/ TODO/.test(line);

  test.each([
    ["method", method, methodFile("my-idea")],
    ["test", methodsTest, methodTest("my-idea")],
  ])(
    "names each thing that is left to be done in the %s, by its line, and nothing once it is done",
    async (_, file, text) => {
      const lines = text.split("\n");
      const left = lines.flatMap((line, i) => (isTodo(line) ? [i + 1] : []));
      expect(left.length).toBeGreaterThan(1);
      const faults = await lint(file, text);
      expect(faults.map((fault) => Number(fault.split(":")[0]))).toEqual(left);
      for (const fault of faults) expect(fault).toMatch(/^\d+: Unexpected 'todo' comment: 'TODO: /);
      const done = lines.filter((line) => !isTodo(line));
      expect(await lint(file, done.join("\n"))).toEqual([]);
      const one = done.toSpliced(3, 0, "  // Todo: this one");
      expect(await lint(file, one.join("\n"))).toEqual([expect.stringMatching(/^4: Unexpected 'todo' comment/)]);
    },
    120_000,
  );
});
