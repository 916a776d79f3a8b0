import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { currentResults, type DoneResult } from "@ticketbench/results";
import { readResults } from "@ticketbench/results/node";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

// Processes are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PUBLISHED = join(ROOT, "results");
const SWEEP = "owner/ticketbench/.github/workflows/sweep-gpu.yml@refs/heads/main";
const OTHER_ID = "b".repeat(64);

let clone = "";
/** Two published tickets of one method, as they are in this repository, and their files in the copy. */
let one: DoneResult;
let two: DoneResult;
const fileOf = ({ id }: { id: string }): string => join("results", "mini-grid", `${id}.json`);

beforeAll(async () => {
  const all = (await readResults(join(PUBLISHED, "mini-grid"))).map(({ result }) => result);
  const tickets = currentResults(all).filter(
    (result): result is DoneResult =>
      result.status === "done" &&
      result.method?.id === "magnitude" &&
      result.seed === 0 &&
      result.supersedes === undefined,
  );
  [one, two] = [0.5, 0.7].map((target) => tickets.find((ticket) => ticket.target === target)) as [
    DoneResult,
    DoneResult,
  ];
});

/** A repository with a few of the published results, on a branch that has not changed them yet. */
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "ticketbench-faults-"));
  const files = ["datasets", "reported", "methods.json"].map((name) => join("results", name));
  for (const file of [...files, fileOf(one), fileOf(two)]) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(ROOT, file), join(clone, file), { recursive: true });
  }
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x");
  git("checkout", "-qb", "branch");
});
afterEach(() => rmSync(clone, { recursive: true }));

const git = (...words: string[]): string => execFileSync("git", ["-C", clone, ...words], { encoding: "utf8" });
const write = (file: string, value: unknown): void => {
  mkdirSync(dirname(join(clone, file)), { recursive: true });
  writeFileSync(join(clone, file), JSON.stringify(value));
};
/** Adds a result as if it were new: no published file is touched. */
const add = (result: { readonly id: string } & Readonly<Record<string, unknown>>, file = fileOf(result)): void =>
  write(file, result);

function check(workflow = "", ...more: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, "tools/results-check.ts"), "--base", "main", ...more],
    {
      cwd: clone,
      encoding: "utf8",
      env: { ...process.env, GITHUB_WORKFLOW_REF: workflow },
    },
  );
  return { status, output: stderr + stdout };
}

test("the copy is sound, and so is a new result beside it", () => {
  expect(check()).toMatchObject({ status: 0, output: expect.stringMatching(/^2 results .* 0 faults\n$/) as string });
  add({ ...one, supersedes: one.id }, join("results", "mini-grid", `${one.id}.2.json`));
  expect(check()).toMatchObject({ status: 0, output: expect.stringMatching(/^3 results .* 0 faults\n$/) as string });
});

describe("a file that is not what it should be is refused, with its name and the field", () => {
  const withPhase = (change: object): DoneResult => ({
    ...two,
    phases: { ...two.phases, retrained: { ...two.phases.retrained, ...change } as DoneResult["phases"]["retrained"] },
  });
  const typesOf = (): NonNullable<DoneResult["phases"]["retrained"]>["byAnswerType"] =>
    two.phases.retrained?.byAnswerType ?? {};
  const faults: readonly (readonly [string, () => object, RegExp])[] = [
    ["an unknown field", () => ({ ...two, rank: 1 }), /Unrecognized key: "rank"/],
    ["a missing field", () => ({ ...two, seed: undefined }), /: seed: Invalid input: expected number/],
    [
      "a field of another kind",
      () => ({ ...two, seed: "0" }),
      /: seed: Invalid input: expected number, received string/,
    ],
    ["a tier that there is not", () => ({ ...two, tier: "verified" }), /: tier: /],
    [
      "an accuracy that its scores do not give",
      () => withPhase({ accuracy: 0.9 }),
      /: phases\.retrained\.accuracy: 0\.9 but its scores give 0\.\d+/,
    ],
    [
      "an accuracy that no answers can have (granularity)",
      () => withPhase({ byAnswerType: { ...typesOf(), number: { ...typesOf().number, accuracy: 0.50001 } } }),
      /: phases\.retrained\.byAnswerType\.number: no \d+ scores in tenths have the mean 0\.50001/,
    ],
    [
      "a label that was not measured",
      () => ({ ...two, measured: { ...two.measured, prunable: 0.75 } }),
      /: measured\.prunable: 0\.75 but the ledger gives 0\.\d+/,
    ],
    [
      "a target that the mask is not of",
      () => ({ ...two, target: 0.9 }),
      /: measured\.prunable: asked for 0\.9, the mask has/,
    ],
    [
      "weights that came back",
      () => ({ ...two, zeroMask: { asked: two.zeroMask?.asked, zerosOnCheckpoint: 7 } }),
      /: zeroMask\.zerosOnCheckpoint: \d+ of \d+ pruned weights came back in training/,
    ],
    [
      "an epoch picked on the split that is reported",
      () => ({ ...two, dataset: { ...two.dataset, selectionSplit: two.dataset.split } }),
      /: dataset\.selectionSplit: the epoch was picked on/,
    ],
  ];

  test.each(faults)("%s", (_, forged, says) => {
    write(fileOf(two), forged());
    const { status, output } = check();
    expect(output).toMatch(new RegExp(`^results:check: ${fileOf(two)}: `));
    expect(output).toMatch(says);
    expect(status).toBe(2);
  });

  test("no JSON", () => {
    writeFileSync(join(clone, fileOf(two)), "{");
    expect(check()).toMatchObject({ status: 2, output: expect.stringContaining(`${fileOf(two)}: not JSON`) as string });
  });

  test("a published number of others that no answers can have", () => {
    const file = join("results", "reported", "thesis-runs.json");
    const source = JSON.parse(readFileSync(join(clone, file), "utf8")) as { rows: { accuracy: number; n: number }[] };
    const row = source.rows.findIndex(({ n }) => n === 1);
    write(file, {
      ...source,
      rows: source.rows.map((each, i) => (i === row ? { ...each, accuracy: 0.600001 } : each)),
    });
    const { status, output } = check();
    expect(output).toMatch(new RegExp(`${file}: rows\\.${row}: .*scores in tenths have the mean 0\\.600001`));
    expect(status).toBe(2);
  });

  test("two cells with the same answers and other masks (duplicates)", () => {
    add({ ...two, id: OTHER_ID, seed: 5, maskHash: "c".repeat(64) });
    const { status, output } = check();
    expect(output).toMatch(
      new RegExp(
        `^results:check: results: ${OTHER_ID} and ${two.id} have equal scores .*masks differ: run one of them again`,
      ),
    );
    expect(status).toBe(2);
  });
});

describe("what a branch may not do is named, with its file and what to do", () => {
  const refused = (...says: RegExp[]): void => {
    const { status, output } = check();
    for (const said of says) expect(output).toMatch(said);
    expect(output).toMatch(new RegExp(`: ${says.length} faults\n$`));
    expect(status).toBe(1);
  };

  test("lose a result, or move it", () => {
    rmSync(join(clone, fileOf(two)));
    refused(new RegExp(`^mini-grid/${two.id}\\.json: published, and lost here: put it back$`, "m"));
    add(two, join("results", "elsewhere", `${two.id}.json`));
    refused(/published, and lost here: put it back$/m);
  });

  test("overwrite a result, its tier alone too", () => {
    write(fileOf(two), { ...two, tier: "attested" });
    refused(
      new RegExp(`^mini-grid/${two.id}\\.json: published, and changed here: put it back; a newer result names it`, "m"),
    );
  });

  test("overwrite a dataset's card", () => {
    const [name = ""] = git("ls-files", "results/datasets").split("\n");
    writeFileSync(join(clone, name), ` ${readFileSync(join(clone, name), "utf8")}`);
    refused(/^datasets\/.*: published, and changed here: put it back/m);
  });

  test("add a result twice, or under a name that the checks do not know", () => {
    const again = join("results", "other", `${two.id}.json`);
    add(two, again);
    refused(new RegExp(`^${two.id}: there 2 times, in ${fileOf(two)} and ${again}: keep the published one$`, "m"));
    renameSync(join(clone, again), join(clone, "results", "better.json"));
    refused(
      new RegExp(`^results/better\\.json: it holds result ${two.id}: name it ${two.id}\\.json$`, "m"),
      /there 2 times/,
    );
  });

  test("give a tier that only the sweep on main gives", () => {
    add({ ...one, supersedes: one.id, tier: "attested" }, join("results", "mini-grid", `${one.id}.2.json`));
    const says = new RegExp(
      `^mini-grid/${one.id}\\.2\\.json: tier attested is given by the project's own runs alone; here it may be self-reported$`,
      "m",
    );
    refused(says);
    expect(check(SWEEP.replace("sweep-gpu", "pr"))).toMatchObject({ status: 1 });
    expect(check(SWEEP.replace("heads/main", "pull/7/merge"))).toMatchObject({ status: 1 });
    expect(check(SWEEP)).toMatchObject({ status: 0 });
  });

  test("break a history: supersede what is not there, what is another cell, what another supersedes, or itself", () => {
    add({ ...one, id: OTHER_ID, supersedes: "d".repeat(64) });
    refused(new RegExp(`^${OTHER_ID}: supersedes d{64}, which is not there$`, "m"));
    add({ ...one, id: OTHER_ID, supersedes: two.id });
    refused(new RegExp(`^${OTHER_ID}: supersedes ${two.id}, another cell \\(.*magnitude 0\\.7 0 .*\\)$`, "m"));
    add({ ...one, id: OTHER_ID, supersedes: one.id });
    add({ ...one, supersedes: one.id }, join("results", "mini-grid", `${one.id}.2.json`));
    refused(/^\w+(\.2)?: supersedes \w+, which \w+(\.2)? supersedes already$/m);
    rmSync(join(clone, "results", "mini-grid", `${one.id}.2.json`));
    const third = "e".repeat(64);
    add({ ...one, id: OTHER_ID, supersedes: third });
    add({ ...one, id: third, supersedes: OTHER_ID });
    refused(/^b{64}: its history leads back to itself$/m, /^e{64}: its history leads back to itself$/m);
  });

  test("publish results of a method without its card", () => {
    write("results/methods.json", { version: 1, methods: [] });
    refused(/^methods\.json: no card of magnitude, which has results$/m);
    // A sweep runs before its method is merged.
    expect(check("", "--new-methods")).toMatchObject({ status: 0 });
  });
});
