import { execFileSync } from "node:child_process";
import { mkdtemp, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changesAgainst } from "./merge-base.ts";
import { writeResult } from "./node.ts";
import { sampleTicket } from "./sample-result.ts";

let root = "";
let folder = "";
const git = (...words: string[]): string => execFileSync("git", ["-C", root, ...words], { encoding: "utf8" });
function commit(): void {
  git("add", "-A");
  git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x");
}
const published = sampleTicket({}, 80);
const added = sampleTicket({ seed: 1 }, 80);
const faults = (tiers: Parameters<typeof changesAgainst>[2] = ["self-reported"]) =>
  changesAgainst(folder, "main", tiers);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "ticketbench-merge-base-"));
  folder = join(root, "results");
  git("init", "-q", "-b", "main");
  await writeResult(join(folder, "study"), published);
  await writeFile(join(folder, "README.md"), "# Results\n");
  commit();
  git("checkout", "-qb", "branch");
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("against the merge base", () => {
  it("new results and changed documents pass, committed or not", async () => {
    await writeResult(join(folder, "study"), added);
    await writeFile(join(folder, "README.md"), "# More\n");
    expect(await faults()).toEqual([]);
    commit();
    expect(await faults()).toEqual([]);
  });

  it("a result that is removed, moved or rewritten is named", async () => {
    const file = join(folder, "study", `${published.id}.json`);
    await writeFile(file, JSON.stringify({ ...published, createdAt: "2026-02-02T00:00:00Z" }));
    expect(await faults()).toEqual([expect.stringMatching(/^study\/[0-9a-f]+\.json: published, and changed here/)]);
    await unlink(file);
    commit();
    expect(await faults()).toEqual([expect.stringMatching(/published, and lost here/)]);
    await writeResult(join(folder, "elsewhere"), published);
    expect(await faults()).toHaveLength(1);
  });

  it("what the main branch gained since is not lost", async () => {
    git("checkout", "-q", "main");
    await writeResult(folder, added);
    commit();
    git("checkout", "-q", "branch");
    expect(await faults()).toEqual([]);
  });

  it("a tier is given only by who may", async () => {
    await writeResult(folder, { ...added, tier: "attested" });
    expect(await faults()).toEqual([expect.stringMatching(/tier attested is given by the project's own runs alone/)]);
    expect(await faults(["self-reported", "attested"])).toEqual([]);
  });

  it("a reference that is not there is an error that says what to do", async () => {
    await expect(changesAgainst(folder, "nowhere", [])).rejects.toThrow(
      /no common history with nowhere \(a clone must be whole\)/,
    );
  });
});
