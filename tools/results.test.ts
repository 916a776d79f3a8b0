import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readResults, writeResult } from "@ticketbench/results/node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sampleTicket } from "@ticketbench/results/sample-result";
import { permittedTiers } from "./tiers.ts";

// Processes are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SWEEP = "owner/ticketbench/.github/workflows/sweep-gpu.yml@refs/heads/main";

let scratch = "";
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "ticketbench-publish-"));
});
afterEach(() => rmSync(scratch, { recursive: true }));

function run(name: string, words: string[], workflow = ""): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "tools", `${name}.ts`), ...words], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, GITHUB_WORKFLOW_REF: workflow },
  });
  return { status, output: stdout + stderr };
}

describe("the published results", () => {
  test("pass every check of the data", () => {
    const { status, output } = run("results-check", ["--base", "HEAD"]);
    expect(output).toMatch(/^\d+ results and \d+ published numbers checked, against HEAD: 0 faults\n$/);
    expect(status).toBe(0);
  });

  test("are checked for options and references that are wrong", () => {
    expect(run("results-check", ["--bse", "HEAD"])).toMatchObject({ status: 2 });
    expect(run("results-check", ["--base", "nowhere"]).output).toMatch(/^results:check: results: no common history/);
  });
});

describe("a tier", () => {
  test("above self-reported is given by the sweep on main alone", () => {
    expect(permittedTiers({})).toEqual(["self-reported"]);
    expect(permittedTiers({ GITHUB_WORKFLOW_REF: SWEEP })).toEqual(["self-reported", "reproduced", "attested"]);
    const others = [
      SWEEP.replace("heads/main", "pull/7/merge"),
      SWEEP.replace("sweep-gpu", "pr"),
      "owner/ticketbench/toString@refs/heads/main",
      "x",
    ];
    for (const other of others) expect(permittedTiers({ GITHUB_WORKFLOW_REF: other })).toEqual(["self-reported"]);
  });
});

describe("publishing the results of a run", () => {
  const publish = (tier: string, workflow = ""): { status: number | null; output: string } => {
    const folders = ["--from", join(scratch, "run"), "--to", join(scratch, "published")];
    return run("results-publish", [...folders, "--tier", tier, "--checksums", join(scratch, "sums")], workflow);
  };

  test("writes each once, into the folder of its study, and again only for another measurement or a better tier", async () => {
    await writeResult(join(scratch, "run"), sampleTicket({}, 80));
    expect(publish("self-reported").output).toMatch(/^1 of 1 results written/);
    rmSync(join(scratch, "sums"));
    expect(publish("self-reported").output).toMatch(/^0 of 1 results written/);
    // Nothing new is nothing to attest.
    expect(existsSync(join(scratch, "sums"))).toBe(false);
    expect(readdirSync(join(scratch, "published"))).toEqual(["sample"]);
    expect(publish("attested", SWEEP).output).toMatch(/^1 of 1 results written .* tier attested/);
    expect(spawnSync("sha256sum", ["--check", "--strict", join(scratch, "sums")]).status).toBe(0);
    const stored = (await readResults(join(scratch, "published"))).map(({ result }) => [
      result.tier,
      result.supersedes,
    ]);
    expect(stored).toContainEqual(["attested", sampleTicket().id]);
    expect(stored).toHaveLength(2);
  });

  test("gives no tier that the workflow may not give, and reads no empty folder", () => {
    expect(publish("attested")).toMatchObject({ status: 2 });
    expect(publish("attested").output).toMatch(/--tier attested: here it may be self-reported \(/);
    expect(publish("self-reported").output).toMatch(/no results/);
  });
});
