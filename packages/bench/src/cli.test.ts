import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { command, newFolder, outcomes, PROGRAM, startCommand, STUDY } from "./fixtures/arithmetic-run.ts";

// Processes are started by the dozen: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

const run = ["run", STUDY, "--program", PROGRAM, "--out", "results"];
const small = ["--methods", "magnitude", "--sparsities", "0.5", "--seeds", "0"];

test("help fits into 80 columns and names every command", async () => {
  const pages = await Promise.all(
    [["--help"], ["run", "--help"], ["plan", "--help"]].map((words) => command("/", ...words)),
  );
  for (const { code, stdout } of pages) {
    expect(code).toBe(0);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  }
  for (const name of ["run", "plan", "schema", "doctor", "results", "store", "site"])
    expect(pages[0]?.stdout).toMatch(new RegExp(`^  ${name} `, "m"));
});

describe("ticketbench run", () => {
  test("ends with a table, the folder and the site's command, exit code 0", async () => {
    const folder = newFolder();
    const { code, stdout } = await command(folder, ...run, ...small);
    expect(code).toBe(0);
    expect(stdout).toMatch(/magnitude +50 % +50.0 +25.0/);
    expect(stdout).toContain("3 of 3 cells done; results in results/");
    expect(stdout).toContain("npm run site -- --results results");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("prints events and nothing else with --json", async () => {
    const { stdout } = await command(newFolder(), ...run, ...small, "--json");
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    expect(events[0]).toMatchObject({ type: "run", cells: 3 });
    expect(events.at(-1)).toEqual({ type: "end", done: 3, failed: 0, blocked: 0, left: 0 });
  });

  test("ends with 1 when a cell failed, and says how to try again", async () => {
    const { code, stdout } = await command(newFolder(), ...run, ...small, "--methods", "throws");
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAILED {3}throws 50 % seed 0: error: this method always throws/);
    expect(stdout).toMatch(/ticketbench run .* --retry-failed/);
  });

  test.each([
    [["run", "missing.yaml"], /missing.yaml: no such file/],
    [["run"], /missing required argument/],
    [["rum", "x.yaml"], /unknown command 'rum'/],
    [[...run, "--jobs", "0"], /--jobs 0: expected a whole number/],
    [[...run, "--sparsities", "1.2"], /sparsities.0: 1.2 is too big/],
    [[...run, "--methods", "wander"], /no method "wander"/],
    [[...run, "--set", "epochs=3"], /unknown key "epochs"/],
  ])("ends with 2 for a mistake: %j", async (words, message) => {
    const { code, stderr } = await command(newFolder(), ...words);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(code).toBe(2);
  });

  test("ends with 2 where results cannot be written", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "results"), "a file");
    const { code, stderr } = await command(folder, ...run, ...small);
    expect(code).toBe(2);
    expect(stderr).toMatch(/results: a file stands where a folder is needed/);
  });

  test("stopped by Ctrl-C saves its work, ends with 130, and the same command goes on", async () => {
    const folder = newFolder();
    const words = [...run, ...small, "--set", "recipe.epochs=400"];
    const { pid, ended } = startCommand(folder, words);
    while (!existsSync(join(folder, ".ticketbench", "checkpoints"))) await setTimeout(10);
    process.kill(pid, "SIGINT");
    const first = await ended;
    expect(first.code).toBe(130);
    expect(first.stderr).toContain("save a checkpoint");
    expect(first.stdout).toMatch(/go on with\n {2}ticketbench run .*--set recipe.epochs=400/);
    expect((await command(folder, ...words)).code).toBe(0);
    expect((await outcomes(folder)).size).toBe(2);
  });
});

test("a plan is frozen into a file that can be run and not be changed", async () => {
  const folder = newFolder();
  const planned = await command(folder, "plan", STUDY, "--program", PROGRAM, ...small);
  expect(planned.stdout).toMatch(/plan [0-9a-f]{12}: 1 method x 1 sparsity x 1 seed\n +1 start; needs/);
  expect(JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"))).toMatchObject({ schemaVersion: 1 });
  expect((await command(folder, "run", "plan.json", "--program", PROGRAM)).code).toBe(0);
  const changed = await command(folder, "run", "plan.json", "--seeds", "1");
  expect(changed).toMatchObject({ code: 2, stderr: expect.stringContaining("is frozen") as string });
});

test("a resolved study, printed with its plan, is a study of the same cells", async () => {
  const folder = newFolder();
  const { stdout } = await command(folder, "plan", STUDY, "--program", PROGRAM, ...small, "--resolved");
  const hash = /plan ([0-9a-f]{12}): /.exec(stdout)?.[1];
  expect(stdout).toMatch(/^ {2}warmup: 0.1$/m);
  writeFileSync(join(folder, "resolved.yaml"), stdout.slice(0, stdout.indexOf("\nstudy arithmetic")));
  expect((await command(folder, "plan", "resolved.yaml", "--program", PROGRAM)).stdout).toContain(`plan ${hash}: `);
});

test("the schema of studies is printed for editors", async () => {
  const { stdout } = await command("/", "schema");
  expect(JSON.parse(stdout)).toMatchObject({ title: "TicketBench study", required: ["name", "dataset", "start"] });
});

test("results are validated, shown, compared and exported by commands", async () => {
  const folder = newFolder();
  await command(folder, ...run, "--seeds", "0", "--sparsities", "0.5");
  const files = readdirSync(join(folder, "results")).map((name) => join("results", name));
  expect((await command(folder, "results", "validate", "results")).stdout).toMatch(/^3 results verified, 0 faults/);
  const shown = await command(folder, "results", "show", files[0] as string);
  expect(shown.stdout).toMatch(/^dense +\d+\.\d %/m);
  const table = (await command(folder, "results", "show", "results")).stdout;
  expect(table).toMatch(/^study arithmetic: 3 results\n method +asked/);
  expect(table).toMatch(/^ magnitude +50 % +50\.0 .* 1 $/m);
  expect(await command(folder, "results", "show", ".")).toMatchObject({ code: 2 });
  const same = await command(folder, "results", "diff", files[0] as string, files[0] as string);
  expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining("every phase") as string });
  expect((await command(folder, "results", "diff", files[0] as string, files[1] as string)).code).toBe(1);
  await command(folder, "results", "export", "results", "--to", "t.csv");
  expect(readFileSync(join(folder, "t.csv"), "utf8").split("\n")[0]).toMatch(/^id,status,kind/);
  expect(await command(folder, "results", "export", "results", "--format", "cvs")).toMatchObject({ code: 2 });

  const text = readFileSync(join(folder, files[0] as string), "utf8");
  writeFileSync(join(folder, files[0] as string), text.replace(/"accuracy":0.\d/, '"accuracy":0.0'));
  const broken = await command(folder, "results", "validate", "results");
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatch(/phases\.\w+\.accuracy/);
});

test("the store is verified and swept by commands", async () => {
  const folder = newFolder();
  await command(folder, ...run, ...small);
  expect((await command(folder, "store", "verify")).stdout).toMatch(/^2 artifacts whole, 0 damaged/);
  expect((await command(folder, "store", "gc", "--limit", "0B")).stdout).toMatch(/^removed 2 artifacts/);
  expect((await command(folder, "store", "gc", "--limit", "much")).code).toBe(2);
});
