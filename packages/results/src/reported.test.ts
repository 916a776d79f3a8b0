import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readReported } from "./node.ts";
import { parseReported } from "./reported.ts";
import type { ReportedRow } from "./schema/reported.ts";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const files = await readReported(`${repository}results`);
const rows = files.flatMap((file) => file.rows);
const runs = files.find(({ title }) => title.startsWith("Raw runs"))?.rows ?? [];

function find(where: Partial<ReportedRow>, label?: number): ReportedRow[] {
  return runs.filter(
    (row) =>
      Object.entries(where).every(([key, value]) => row[key as keyof ReportedRow] === value) &&
      (label === undefined || row.sparsity?.label === label),
  );
}

describe("the published numbers in results/reported", () => {
  it("are read and every single run of minival is a mean of scores in tenths", () => {
    expect(find({ phase: "dense" })).toHaveLength(3);
    for (const phase of ["pruned", "rewound", "retrained"] as const) expect(find({ phase })).toHaveLength(66);
  });

  it("hold the dense run once measured and twice copied", () => {
    const dense = find({ phase: "dense" });
    expect(dense.map(({ accuracy }) => accuracy)).toEqual(Array(3).fill(0.7027044702623416));
    expect(dense.map(({ flags }) => flags.includes("copied-run"))).toEqual([false, true, true]);
  });

  it("say of every retraining that its mask was not held, and of every high mask that it is none", () => {
    for (const row of rows.filter(({ phase }) => phase === "retrained")) expect(row.flags).toContain("mask-not-held");
    for (const row of rows.filter(({ method }) => method === "thesis-high")) {
      expect(row.flags).toContain("not-high-magnitude");
    }
  });

  it("keep what a label says apart from what its mask removes", () => {
    expect(find({ method: "thesis-low", phase: "pruned", seed: 0 }, 0.2)[0]?.sparsity).toEqual({
      label: 0.2,
      prunable: 0.271006,
      total: 0.240796,
    });
    expect(find({ method: "thesis-high", phase: "pruned", seed: 0 }, 0.1)[0]?.flags).toContain("relabelled");
  });

  it("flag every copied or constant run that equal scores betray", () => {
    const retrained = find({ phase: "retrained" });
    for (const row of retrained) {
      const twins = retrained.filter((other) => other !== row && other.accuracy === row.accuracy);
      const explained = row.flags.includes("copied-run") || row.flags.includes("constant-answer");
      if (twins.length > 0) expect(explained, `${row.place}`).toBe(true);
    }
  });

  it("never put a split that a source does not name into a column without saying so", () => {
    for (const row of rows) expect(["minival", "test-dev", "test-std", "test-U"]).toContain(row.split);
  });
});

describe("a reported number", () => {
  const row = runs[0];
  const file = { schemaVersion: 1, title: "t", source: "s", rows: [row], claims: [] };

  it("that no run can have scored is refused by name", () => {
    const typo = { ...file, rows: [{ ...row, accuracy: 0.70272 }] };
    expect(() => parseReported(typo, "x.json")).toThrow(/x.json: rows.0: Dense LXMERT: no 25994 scores/);
    expect(() =>
      parseReported({ ...typo, rows: [{ ...row, accuracy: 0.7027, halfUnit: 5e-5 }] }, "x.json"),
    ).not.toThrow();
  });

  it("with an unknown flag or no split is refused", () => {
    expect(() => parseReported({ ...file, rows: [{ ...row, flags: ["odd"] }] }, "x.json")).toThrow(/rows.0.flags.0/);
    expect(() => parseReported({ ...file, rows: [{ ...row, split: undefined }] }, "x.json")).toThrow(/rows.0.split/);
  });
});

const reference = `${process.env["TICKETBENCH_SHARED"] ?? `${repository}../shared`}/reference/thesis-results.json`;

describe.skipIf(!existsSync(reference))("against the reference file", () => {
  interface RawResult {
    method: string;
    sparsity: number;
    seed: number;
    phase: string;
    metric: string;
    epoch?: number;
    value: number;
  }

  it("holds every raw retrained score, epoch by epoch", () => {
    const { results } = JSON.parse(readFileSync(reference, "utf8")) as { results: RawResult[] };
    const ids: Record<string, string> = {
      low_magnitude: "thesis-low",
      random: "thesis-random",
      high_magnitude: "thesis-high",
    };
    const raw = results.filter(({ phase, metric }) => phase === "retrain" && metric === "valid_accuracy");
    expect(raw).toHaveLength(264);
    for (const { method, sparsity, seed, epoch, value } of raw) {
      const [row] = find({ method: ids[method] ?? "", seed, phase: "retrained" }, sparsity / 100);
      expect(row?.history[epoch ?? -1]).toBeCloseTo(value / 100, 11);
    }
  });
});

if (!existsSync(reference)) console.log(`skipped: reported numbers against ${reference}, which is not there`);
