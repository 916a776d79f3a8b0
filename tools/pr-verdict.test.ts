import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeResult } from "@ticketbench/results/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type SampleEntry, sampleMethodCard, zipOf } from "@ticketbench/results/sample-artifact";
import { sampleHash, sampleTicket } from "@ticketbench/results/sample-result";

// Processes are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

const PROGRAM = fileURLToPath(new URL("./pr-verdict.ts", import.meta.url));

let scratch = "";
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "ticketbench-verdict-"));
  for (const seed of [0, 1, 2]) await writeResult(join(scratch, "base"), sampleTicket({ seed }));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const own = [0, 1, 2].map((seed) =>
  sampleTicket({
    seed,
    id: sampleHash(700 + seed),
    maskHash: sampleHash(800 + seed),
    method: { id: "wanda2", title: "W", version: sampleHash(3), params: {} },
    phases: sampleTicket({ seed: seed + 50 }).phases,
  }),
);

function verdict(
  ids: readonly string[],
  more: readonly SampleEntry[] = [],
): { status: number | null; stdout: string; stderr: string } {
  const methods = JSON.stringify({ version: 1, methods: ids.map((id) => sampleMethodCard({ id })) });
  const results = own.map((result) => ({ name: `results/${result.id}.json`, content: JSON.stringify(result) }));
  const artifact = join(scratch, "artifact.zip");
  writeFileSync(artifact, zipOf([{ name: "methods.json", content: methods }, ...results, ...more]));
  const words = ["--artifact", artifact, "--base", join(scratch, "base"), "--site", "https://example.org/tb/"];
  return spawnSync(process.execPath, [PROGRAM, ...words], { encoding: "utf8" });
}

test("prints the comment that an artifact deserves, with a link to the compare page", () => {
  const { status, stdout } = verdict(["wanda2"]);
  expect(stdout).toMatch(
    /^<!-- ticketbench-verdict -->\n## TicketBench: `wanda2`\n\n\*\*\w+ \w+ magnitude at 50\u00a0%/,
  );
  expect(stdout).toContain("1 passed, 0 warned, 0 failed");
  expect(stdout).toContain("(<https://example.org/tb/compare?a=wanda2&b=magnitude>)");
  expect(status).toBe(0);
});

test("judges each method of a pull request, and says when there is none", () => {
  expect(verdict(["wanda2", "other"]).stdout).toMatch(/`wanda2`[^]*\n---\n[^]*No finished result of `other`/);
  expect(verdict([]).stdout).toMatch(/^<!-- ticketbench-verdict -->[^]*This pull request adds or changes no method/);
});

test("quotes why an artifact is refused, and ends with 2", () => {
  const { status, stdout, stderr } = verdict(["wanda2"], [{ name: "results/../../x.json", content: "{}" }]);
  expect(stdout).toMatch(/## TicketBench: no verdict\n\n[^]*`[^`]*relative path[^`]*`/);
  expect(stderr).toMatch(/^pr:verdict: /);
  expect(status).toBe(2);
});

test("says which option is missing", () => {
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM], { encoding: "utf8" });
  expect(stderr).toBe("pr:verdict: --artifact is missing\n");
  expect(status).toBe(2);
});
