import { compareSides, comparableGroups, type CurveVerdict, sideOf } from "@ticketbench/results";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { command, newFolder, runArithmetic, storedResults } from "../fixtures/arithmetic-run.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

describe("ticketbench results compare", () => {
  const folder = newFolder();
  const compare = (...words: string[]) => command(folder, "results", "compare", ...words, "--results", "results");

  beforeAll(async () => {
    await runArithmetic(folder, ["seeds=[0, 1, 2]"]);
  });

  test("prints the sentence and the numbers that the site computes, in 80 columns", async () => {
    const { code, stdout } = await compare("magnitude", "random");
    expect(code).toBe(0);
    const [group = []] = comparableGroups(await storedResults(folder));
    const sides = ["magnitude", "random"].map((id) => sideOf(id, group, "retrained"));
    const [a, b] = sides;
    if (!a || !b) throw new Error("the study lacks its methods");
    const { curve } = compareSides(a, b) ?? {};
    expect(stdout.replaceAll("\n", " ")).toContain(curve?.sentence);
    const rows = stdout.split("\n").filter((line) => /^ *\d+ % /.test(line));
    expect(rows).toHaveLength(2);
    for (const [i, point] of (curve?.points ?? []).entries()) {
      expect(rows[i]).toContain(`${(100 * point.meanA).toFixed(1)} `);
      expect(rows[i]).toMatch(new RegExp(`  3  ${point.outcome}$`));
    }
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("prints the same as JSON, against the dense network too", async () => {
    const { stdout } = await compare("magnitude", "dense", "--json");
    const printed = JSON.parse(stdout) as { phase: string; b: object } & CurveVerdict;
    expect(printed).toMatchObject({ phase: "retrained", a: { id: "magnitude" }, b: { id: "dense", name: "dense" } });
    expect(printed.points.map(({ sparsity, n }) => [sparsity, n])).toEqual([
      [0.2, 3],
      [0.5, 3],
    ]);
    expect(printed.sentence).toMatch(/ against dense: .*\(n\s=\s3\)\.$/);
  });

  test("takes single results by the beginning of their ids", async () => {
    const of = (await storedResults(folder)).filter(({ seed }) => seed === 1);
    const id = (method: string | null): string =>
      of.find((result) => (result.method?.id ?? null) === method)?.id.slice(0, 12) ?? "";
    const mixed = await compare(id("magnitude"), "random");
    expect(mixed.stdout).toMatch(/ at \d+\s%, seed 1 against .*: undecided at \d+\s% \(n\s=\s1\)\./);
    const alone = await compare(id("random"), id(null));
    expect(alone.stdout).toMatch(/ at \d+\s%, seed 1 against dense, seed 1\s+is\s+undecided/);
  });

  test.each([
    [["magnitud", "random"], /magnitud: neither a method .* in results; did you mean magnitude\?/],
    [["magnitude", "0123456789ab"], /0123456789ab: neither .* there are dense, magnitude, random/],
    [["magnitude", "random", "--study", "arithmetik"], /--study arithmetik: .*did you mean arithmetic\?/],
    [["magnitude", "random", "--phase", "dense"], /--phase dense: expected pruned, rewound, retrained/],
    [["magnitude", "random", "--phase", "pruned"], /--phase pruned: magnitude has no such evaluation/],
    [["magnitude", "random", "--results", "nowhere"], /nowhere: no such folder/],
  ])("ends with 2 for %j and says what is there", async (words, message) => {
    const { code, stderr, stdout } = await compare(...words);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});
