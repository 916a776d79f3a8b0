/** The whole way of a contribution on a temporary clone, as docs/add-a-method.md tells it: every command and file of it. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { readResults } from "@ticketbench/results/node";
import { beforeAll, expect, test, vi } from "vitest";
import { type TemporaryClone, temporaryClone } from "./fixtures/temporary-clone.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 });

const METHOD = "far-from-mean";
/** As small as a preview can be: one seed decides nothing, but goes all the way. */
const SMALLEST =
  "extends: quickstart.yaml\nname: preview\nrecipe: { epochs: 1 }\nmethods: [random, magnitude]\nsparsities: [0.5]\nseeds: [0]\nphases: [dense, retrained]\n";

type Step = { readonly command: string } | { readonly file: string; readonly text: string };

/** The page's commands and files, in its order: a file's name is the last one in backticks before it. */
function stepsOf(page: string): Step[] {
  let file = "";
  return page.split(/^```/m).flatMap((part, i): Step[] => {
    if (i % 2 === 0) {
      file = [...part.matchAll(/`(packages\/[^`]+\.ts)`/g)].at(-1)?.[1] ?? file;
      return [];
    }
    const [language, ...lines] = part.trimEnd().split("\n");
    if (language === "ts") return [{ file, text: `${lines.join("\n")}\n` }];
    return language === "sh" ? lines.map((command) => ({ command })) : [];
  });
}

let clone: TemporaryClone;
const said: Record<string, string> = {};

async function run(command: string): Promise<string> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, NX_DAEMON: "false", CI: "true" };
  const { stdout, stderr } = await promisify(execFile)("/bin/sh", ["-c", command], {
    ...{ cwd: clone.folder, env, maxBuffer: 2 ** 26 },
  });
  return stdout + stderr;
}

beforeAll(() => {
  clone = temporaryClone();
  writeFileSync(join(clone.folder, "configs", "preview.yaml"), SMALLEST);
  clone.git("commit", "--quiet", "--all", "--message", "The smallest preview");
});

test("docs/add-a-method.md, word for word: scaffold, edit, check, preview, submit", async () => {
  const page = readFileSync(join(clone.folder, "docs", "add-a-method.md"), "utf8");
  const steps = stepsOf(page);
  expect(steps.map((step) => ("file" in step ? "edit" : step.command.split(" ").slice(1, 3).join(" ")))).toEqual([
    "nx g",
    "edit",
    "edit",
    "vitest run",
    "ticketbench check",
    "ticketbench preview",
    "ticketbench submit",
  ]);
  for (const [i, step] of steps.entries()) {
    if (i === 1) said["early"] = await run(`npx ticketbench submit ${METHOD} || echo "exit $?"`);
    if ("file" in step) writeFileSync(join(clone.folder, step.file), step.text);
    else said[step.command.split(" ")[2] ?? ""] = await run(step.command);
  }
  expect(said["early"]).toMatch(
    /^exit 2\nerror: packages\/prune\/src\/methods\/far-from-mean\.ts:6: a TODO is left, which the lint refuses: \/\/ TODO/,
  );
  expect(said["check"]).toMatch(new RegExp(`^${METHOD}: \\d+ passed, \\d+ warned, 0 failed$`, "m"));
  expect(said["preview"]).toMatch(/## TicketBench: `far-from-mean`/);
  expect(said["preview"]).toMatch(/Undecided against magnitude at 50\u00a0%, n\u00a0=\u00a01 \(3 seeds decide\)/);
});

test("the branch holds the method, its results and its card, and nothing else", async () => {
  expect(clone.git("branch", "--show-current").trim()).toBe(`method/${METHOD}`);
  expect(clone.git("status", "--porcelain", "--untracked-files=all")).toBe("");
  const added = clone.git("show", "--name-only", "--format=", "HEAD").trim().split("\n");
  const allowed = new RegExp(
    `^(packages/prune/src/methods/${METHOD}(\\.test)?\\.ts|results/preview/\\w{64}\\.json|results/datasets/[\\w-]+\\.json|results/methods\\.json)$`,
  );
  expect(added.filter((file) => !allowed.test(file))).toEqual([]);
  expect(said["submit"]).toContain(`${added.length} files on branch method/${METHOD};`);
  const results = await readResults(join(clone.folder, "results", "preview"));
  const methods = results.map(({ result }) => result.method?.id ?? "dense").sort();
  expect(methods).toEqual(["dense", METHOD, "magnitude", "random", "shuffle"]);
  expect(results.every(({ result }) => result.tier === "self-reported" && result.status === "done")).toBe(true);
});

test("the commit's message is the text of the pull request, verdict and citation in it", () => {
  const message = clone.git("log", "-1", "--format=%B");
  expect(message).toMatch(/^Add Far from the mean \(`far-from-mean`\)$/m);
  expect(message).toMatch(/^@misc\{farfrommean,/m);
  expect(message).toMatch(/^Conformance: \d+ passed, \d+ warned, 0 failed\./m);
  expect(message).toMatch(/Undecided against magnitude at 50\u00a0%/);
});

test("its published cells are run again and found equal; a tampered one is found", async () => {
  expect(await run("npx ticketbench verify results/preview --sample 1 --seed 2026-01-01")).toMatch(/^equal /m);
  const own = (await readResults(join(clone.folder, "results", "preview"))).find(
    ({ result }) => result.method?.id === METHOD,
  );
  const file = own?.file ?? "";
  writeFileSync(file, JSON.stringify({ ...own?.result, maskHash: "0".repeat(64) }));
  const verified = await run("npx ticketbench verify results/preview --sample 9 --seed 1 || true");
  expect(verified).toMatch(/^DIFFERENT far-from-mean 50 % seed 0 of preview\n +another mask: /m);
  expect(verified.match(/^equal /gm)).toHaveLength(4);
});

test("a clone with other changes is refused, and nothing is made", async () => {
  clone.git("checkout", "--quiet", ".");
  writeFileSync(join(clone.folder, "README.md"), "mine\n");
  const refused = await run(`npx ticketbench submit ${METHOD} --branch another; echo "exit $?"`);
  expect(refused).toMatch(/1 changes besides the method's \(README\.md\)/);
  expect(refused).toMatch(/^exit 2$/m);
  expect(clone.git("branch", "--list", "another")).toBe("");
});
