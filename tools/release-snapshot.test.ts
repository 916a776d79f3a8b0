import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeResult } from "@ticketbench/results/node";
import { sampleTicket } from "@ticketbench/results/sample-result";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

// Processes are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

const PROGRAM = fileURLToPath(new URL("./release-snapshot.ts", import.meta.url));

let clone = "";
const git = (...words: string[]): string => execFileSync("git", ["-C", clone, ...words], { encoding: "utf8" });
function commit(): void {
  git("add", "-A");
  git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x");
}
function snapshot(...words: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], { cwd: clone, encoding: "utf8" });
  return { status, output: stdout + stderr };
}
const release = (file: string, folder = "release"): string => readFileSync(join(clone, folder, file), "utf8");

beforeEach(async () => {
  clone = mkdtempSync(join(tmpdir(), "ticketbench-release-"));
  git("init", "-q", "-b", "main");
  writeFileSync(join(clone, "LICENSE"), "MIT\n");
  writeFileSync(join(clone, ".gitignore"), "release*/\n");
  await writeResult(join(clone, "results/sample"), sampleTicket({}, 80));
  commit();
});
afterEach(() => rmSync(clone, { recursive: true }));

describe("a snapshot of the results", () => {
  test("holds archive, tables, changelog, metadata and checksums that fit", () => {
    expect(snapshot("--version", "2026.11")).toMatchObject({ status: 0 });
    const check = spawnSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], {
      cwd: join(clone, "release"),
      encoding: "utf8",
    });
    expect(check.stdout.match(/: OK$/gm)).toHaveLength(5);
    const listed = execFileSync("tar", ["-tzf", join(clone, "release/ticketbench-results-2026.11.tar.gz")], {
      encoding: "utf8",
    });
    expect(listed).toContain(`ticketbench-results-2026.11/results/sample/${sampleTicket().id}.json`);
    expect(release("results.csv").trim().split("\n")).toHaveLength(4);
    expect(JSON.parse(release("zenodo.json"))).toMatchObject({
      metadata: {
        upload_type: "dataset",
        version: "2026.11",
        access_right: "open",
        creators: [{ name: expect.any(String) as string }],
      },
    });
  });

  test("has the same bytes each time", () => {
    snapshot("--version", "2026.11");
    snapshot("--version", "2026.11", "--out", "release2");
    expect(release("SHA256SUMS", "release2")).toBe(release("SHA256SUMS"));
  });

  test("tells what is new since the release before", async () => {
    git("tag", "results-v2026.11");
    await writeResult(join(clone, "results/sample"), sampleTicket({ seed: 1 }, 80));
    await writeResult(join(clone, "results/sample"), { ...sampleTicket({}, 80), supersedes: sampleTicket().id });
    commit();
    snapshot("--version", "2026.12");
    expect(release("CHANGELOG.md")).toMatch(
      /^# Results 2026\.12 \(\d{4}-\d\d-\d\d\)\n\n2 current results of 3\. Since results-v2026\.11: 2 new results, of which 1 supersede an older one and 0 are failures\.\n\n## sample \(mini\)\n\n- magnitude: 2 results, 2 self-reported\n$/,
    );
  });

  test("is never written over, nor made of what is not committed, nor of a version that is none", async () => {
    snapshot("--version", "2026.11");
    expect(snapshot("--version", "2026.11").output).toMatch(/release: not empty/);
    expect(snapshot("--version", "v1", "--out", "release2").output).toMatch(/--version v1: expected numbers/);
    await writeResult(join(clone, "results/sample"), sampleTicket({ seed: 1 }, 80));
    expect(snapshot("--version", "2026.12", "--out", "release2")).toMatchObject({ status: 2 });
  });
});
