import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commentLimit, commentMarker, refusalComment, type VerdictCommentInput, verdictComment } from "./comment.ts";
import { bytesOf, link, untrusted } from "./comment-text.ts";
import { sampleFailure, sampleHash, sampleTicket } from "./sample-result.ts";
import type { DoneResult, Phase, Result } from "./schema/result.ts";
import { packScores } from "./scores.ts";
import { runAccuracy } from "./statistics/runs.ts";
import { simulate } from "./statistics/simulated.ts";

const questions = 1600;
const seeds = [0, 1, 2];

/** Evaluations of known truth, one a seed. */
function phasesOf(name: string, loss: number): Phase[] {
  return simulate({ name, loss, questions }).runs.map((run) => ({
    accuracy: runAccuracy(run),
    byAnswerType: {},
    scores: packScores(Array.from(run.tenths, (tenth) => tenth / 10)),
  }));
}

let serial = 0;
/** The tickets of a method at one sparsity that answers a share `loss` of the easy questions wrongly. */
function tickets(id: string, target: number, loss: number, params: Record<string, string> = {}): DoneResult[] {
  return phasesOf(`${id} ${target} ${Object.keys(params).join()}`, loss).map((retrained, seed) =>
    sampleTicket({
      id: sampleHash(1000 + serial++),
      seed,
      target,
      method: { id, title: id, version: sampleHash(3), params },
      phases: { retrained },
    }),
  );
}

function denseResults(): DoneResult[] {
  return phasesOf("dense", 0.01).map((dense, seed) =>
    sampleTicket({
      id: sampleHash(seed),
      kind: "dense",
      method: null,
      denseId: null,
      seed,
      target: 0,
      phases: { dense },
    }),
  );
}

const baseline = [
  ...denseResults(),
  ...[0.5, 0.7].flatMap((target) => tickets("magnitude", target, 0.03)),
  ...tickets("magnitude", 0.8, 0.12),
  ...[0.5, 0.7, 0.8].flatMap((target) => tickets("random-erk", target, 0.4)),
  ...tickets("movement", 0.5, 0.01),
];

/** Where the method is as good as magnitude the very same answers are given, so that it is tied for certain. */
const own: DoneResult[] = baseline
  .filter(({ method, target }) => method?.id === "magnitude" && target < 0.8)
  .map((result): DoneResult => ({ ...result, id: sampleHash(5000 + serial++), method: named("wanda2") }))
  .concat(tickets("wanda2", 0.8, 0.02));

function named(id: string, params: Record<string, string> = {}) {
  return { id, title: id, version: sampleHash(4), params };
}

function comment(change: Partial<VerdictCommentInput> = {}): string {
  return verdictComment({ method: "wanda2", results: own, baseline, conformance: [], links: {}, ...change });
}

/** The comment without what stands in code spans. */
function outsideSpans(text: string): string {
  return text.replaceAll(/`[^`\n]*`/g, "`…`");
}

describe("the comment on a pull request", () => {
  it("begins with its marker and the verdict against magnitude in one line", () => {
    const [marker, , , verdict] = comment().split("\n");
    expect(marker).toBe(commentMarker);
    expect(verdict).toMatch(
      /^\*\*Tied with magnitude at 50–70\u00a0%, better at 80\u00a0%: \+\d\.\d, 95\u00a0% CI \d\.\d to \d+\.\d, p\u00a0[<=]\u00a0\.\d{3}, n\u00a0=\u00a03\*\*$/,
    );
  });

  it("tells the numbers also where nothing is decided, for then they are all there is", () => {
    const even = [0.5, 0.7].flatMap((target) => tickets("wanda2", target, 0.031));
    const [, , , verdict] = comment({ results: even }).split("\n");
    expect(verdict).toMatch(
      /^\*\*(Tied with|Undecided against) magnitude at 50–70\u00a0%: [+−]?\d\.\d to [+−]?\d\.\d, 95\u00a0% CIs within −?\d\.\d to −?\d\.\d, p from \.\d{3} to 1?\.\d{3}, n\u00a0=\u00a03\*\*$/,
    );
    const [, , , single] = comment({ results: even.filter(({ target }) => target === 0.5) }).split("\n");
    expect(single).toMatch(
      /magnitude at 50\u00a0%: [−+\d.]+, 95\u00a0% CI −?\d\.\d to −?\d\.\d, p\u00a0=\u00a01?\.\d{3}, n\u00a0=\u00a03\*\*$/,
    );
  });

  it("is the same whatever the order of the results", () => {
    const results = [...own, ...tickets("shuffle", 0.8, 0.3, { of: "wanda2" })];
    const text = comment({ results });
    expect(comment({ results: results.toReversed(), baseline: baseline.toReversed() })).toBe(text);
  });

  it("holds the method against dense, magnitude, random-ERK and the best other, at each sparsity", () => {
    const rows = comment()
      .split("\n")
      .filter((line) => /^\| \d+\u00a0% \| \d+\.\d \|/.test(line));
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(
      /\| 0\.0 \(0\.0 to 0\.0\) tied \| \+\d+\.\d \([^)]*\) better \| −\d\.\d \([^)]*\) \w+, `movement` \|$/,
    );
    expect(rows[2]).toMatch(/better, magnitude \|$/);
  });

  it("says what was published before, where the method is not new", () => {
    const published = tickets("wanda2", 0.8, 0.3);
    const before = (
      100 *
      (published.reduce((sum, { phases }) => sum + (phases.retrained?.accuracy ?? 0), 0) / 3)
    ).toFixed(1);
    expect(comment()).toMatch(/\| 80\u00a0% \| 80\.0 \| [\d.]+ \| {2}\| \d/);
    expect(comment({ baseline: [...baseline, ...published] })).toContain(`| ${before} |`);
  });

  it("ranks with ties, and leaves the method's own controls out of the ranks", () => {
    const results = [...own, ...tickets("shuffle", 0.8, 0.02, { of: "wanda2" })];
    const text = comment({ results });
    const ties = text.slice(text.indexOf("### Ranks"), text.indexOf("### Cost"));
    expect(ties).toMatch(/\| 80\u00a0% \| 1: `wanda2`; 2: magnitude; 3: random-erk \|/);
    expect(ties).toMatch(
      /\| 50\u00a0% \| 1: `movement`; 2: (magnitude, `wanda2`|`wanda2`, magnitude); 4: random-erk \|/,
    );
    expect(ties).not.toContain("shuffle");
  });

  it("tells whether the places of the weights matter", () => {
    const results = [...own, ...tickets("shuffle", 0.8, 0.3, { of: "wanda2" })];
    expect(comment({ results })).toMatch(
      /### Shuffle ablation[^]*\| 80\u00a0% \|[^\n]*the places of its weights matter \|/,
    );
    expect(comment()).not.toContain("### Shuffle ablation");
  });

  it("decides nothing below three seeds, and says so", () => {
    const text = comment({ results: own.filter(({ seed }) => seed < 2) });
    expect(text).toContain("**Undecided against magnitude at 50–80\u00a0%, n\u00a0=\u00a02 (3 seeds decide)**");
    expect(text).not.toContain("### Ranks");
  });

  it("compares with the pull request's own controls where nothing is published, but ranks no other method of its", () => {
    const results = [...own, ...tickets("magnitude", 0.8, 0.1), ...tickets("helper-method", 0.8, 0.01)];
    const text = comment({ results, baseline: [] });
    expect(text).toMatch(/\*\*Better than magnitude at 80\u00a0%: /);
    expect(text).not.toContain("helper-method");
  });

  it("says when there is nothing to compare with, or nothing to judge", () => {
    expect(comment({ baseline: [] })).toContain("Nothing to compare with");
    const elsewhere = own.map((result) => ({ ...result, dataset: { ...result.dataset, hash: sampleHash(77) } }));
    expect(comment({ results: elsewhere })).toContain("Nothing to compare with");
    expect(comment({ results: [] })).toContain("No finished result of `wanda2`");
  });

  it("judges every variant of the method by itself", () => {
    const results = [...own, ...tickets("wanda2", 0.8, 0.5, { scope: "row" })];
    expect(comment({ results }).match(/^\*\*.*magnitude.*\*\*$/gm)).toHaveLength(2);
  });

  it("holds the method against the control of the same settings, and names the other ones apart", () => {
    const pruning = { granularity: "global", allocation: "uniform", retraining: "masked", rewindStep: 0 } as const;
    const globally = tickets("magnitude", 0.8, 0.5).map((result) => ({ ...result, pruning }));
    const text = comment({ baseline: [...globally, ...baseline] });
    const verdict = (of: string): string | undefined => of.split("\n").find((line) => line.startsWith("**"));
    expect(verdict(text)).toBe(verdict(comment()));
    expect(text).toMatch(/\| 80\u00a0% \| 1: `wanda2`; 2: magnitude; .*`magnitude \(granularity global, /);
    const ownGlobal = own.map((result) => ({ ...result, pruning }));
    expect(verdict(comment({ results: ownGlobal, baseline: [...globally, ...baseline] }))).not.toBe(verdict(text));
  });

  it("lists failed cells, conformance (the failed first) and costs", () => {
    const failed = sampleFailure({ method: named("wanda2"), target: 0.9 });
    const conformance = [
      { check: "counts", outcome: "passed" as const, line: "exact at 11 sparsities" },
      { check: "ties", outcome: "failed" as const, line: "180 ties removed together" },
    ];
    const text = comment({ results: [...own, failed], conformance });
    expect(text).toContain("- `wanda2` 90\u00a0%, seed 0: diverged: `loss is NaN`");
    expect(text).toMatch(
      /1 passed, 0 warned, 1 failed\n\n- failed: `ties`: `180 ties removed together`\n- passed: `counts`/,
    );
    expect(text).toMatch(/### Cost[^]*\| `wanda2` \| 0\.05 \| 8\.9 \| 0\.45 \| 381 \|/);
  });

  it("quotes why an artifact was refused", () => {
    const text = refusalComment("@everyone: `x`\n# results/a.json", { run: "https://example.org/run/1" });
    expect(text.split("\n")).toContain("`@everyone: 'x' # results/a.json`");
    expect(text).toContain("(<https://example.org/run/1>)");
  });

  it("links to the compare page and to the run, and to nothing that is no web address", () => {
    const compare = "https://example.org/ticketbench/compare?a=wanda2&b=magnitude";
    const later = "Compare question by question (once its results are published)";
    expect(comment({ links: { compare } })).toContain(`[${later}](<${compare}>)`);
    const published = comment({ links: { compare }, baseline: [...baseline, ...own] });
    expect(published).toContain(`[Compare question by question](<${compare}>)`);
    expect(link("x", "javascript:alert(1)")).toBeNull();
    expect(link("x", "https://example.org/>)<b>")).toBe("[x](<https://example.org/%3E)%3Cb%3E>)");
  });
});

describe("text of a stranger", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 400 }),
    fc.constantFrom(
      "@maintainer merge this",
      "`` ` ```\n# heading",
      "<img src=x onerror=alert(1)><!--",
      "| a | b |\n|--|--|",
      "[click](https://evil.example) #1 GH-1 https://evil.example",
      "\u202Egnp.exe",
      "\u2028- item",
      "",
      "   ",
    ),
  );

  it("is one code span on one line that nothing in it can leave", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const span = untrusted(text);
        expect(span).toMatch(/^`[^`|\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+`$/u);
        expect([...span].length).toBeLessThanOrEqual(302);
      }),
      { numRuns: 1000 },
    );
  });

  it("changes nothing of the comment outside code spans, wherever it stands", () => {
    const withText = (text: string): string => {
      const failed = sampleFailure({
        method: { ...named("wanda2"), title: text },
        failure: { reason: "error", message: text || "x", logTail: text },
      });
      const results: Result[] = [...own.slice(6), failed].map((result) => ({
        ...result,
        scope: text,
        study: { ...result.study, name: text },
      }));
      const conformance = [{ check: text, outcome: "warned" as const, line: text }];
      const other = tickets("wanda2", 0.8, 0.1, { mode: text });
      return outsideSpans(comment({ method: "wanda2", results: [...results, ...other], conformance }));
    };
    const calm = withText("calm");
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(text !== "calm");
        expect(withText(text)).toBe(calm);
      }),
      { numRuns: 20 },
    );
  });
});

describe("the length of a comment", () => {
  it("stays below the limit whatever there is to say, and names what is missing", () => {
    const long = "é".repeat(5000);
    const conformance = Array.from({ length: 500 }, (_, i) => ({
      check: `${i} ${long}`,
      outcome: "passed" as const,
      line: long,
    }));
    const failures = Array.from({ length: 400 }, (_, seed) =>
      sampleFailure({
        seed,
        method: named("wanda2"),
        failure: { reason: "error", message: long.slice(0, 4000), logTail: "" },
      }),
    );
    const variants = [0, 1, 2, 3, 4, 5].flatMap((i) => tickets("wanda2", 0.8, 0.1, { mode: `${i}${long}` }));
    const text = comment({ results: [...own, ...failures, ...variants], conformance });
    expect(bytesOf(text)).toBeLessThanOrEqual(commentLimit);
    expect(text).toContain("**Tied with magnitude");
  });

  it("leaves out whole sections, and says so", () => {
    const wide = "本".repeat(300);
    const conformance = Array.from({ length: 30 }, () => ({ check: wide, outcome: "failed" as const, line: wide }));
    const failures = seeds.flatMap((seed) =>
      Array.from({ length: 10 }, (_, i) =>
        sampleFailure({
          id: sampleHash(9000 + 10 * seed + i),
          seed,
          failure: { reason: "error", message: wide, logTail: "" },
        }),
      ),
    );
    const text = comment({ results: [...own, ...failures], conformance });
    expect(bytesOf(text)).toBeLessThanOrEqual(commentLimit);
    expect(text).not.toContain("Some sections are left out");
    const crowd = Array.from({ length: 4 }, (_, i) => tickets("wanda2", 0.8, 0.1, { mode: wide + String(i) })).flat();
    const short = comment({ results: [...own, ...failures, ...crowd], conformance });
    expect(bytesOf(short)).toBeLessThanOrEqual(commentLimit);
    expect(short).toMatch(/Some sections are left out[^\n]*\n\nSelf-reported/);
  });
});
