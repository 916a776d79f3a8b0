import { readFile } from "node:fs/promises";
import { resultSchema } from "@ticketbench/results";
import { describe, expect, test } from "vitest";
import { HOSTILE, STUDY, syntheticFailure, syntheticTicket } from "../../test/synthetic-results.ts";
import { changelogOf, changesOfResults, parseReleases } from "./changelog.ts";
import { atomFeed } from "./feed.ts";

const SMALL = { ...STUDY, questions: 100 };
const release = (change: object): string =>
  JSON.stringify({
    version: 1,
    releases: [{ id: "0.1.0", date: "2026-01-02", title: "First", changes: ["All."], ...change }],
  });
const ticket = (title: string, createdAt: string) =>
  resultSchema.parse({ ...syntheticTicket(SMALL, { id: "m", title, knee: 0.5 }, 0.5, 0), createdAt });
const failure = resultSchema.parse(syntheticFailure(SMALL, { id: "m", title: "M", knee: 0.5 }, 0.9, 0));

describe("the changelog", () => {
  test("tells what came in on each day, failures and replacements included", () => {
    const again = { ...ticket("M", "2026-01-05T08:00:00Z"), supersedes: failure.id };
    const [first, second] = changesOfResults([ticket("M", "2026-01-02T01:00:00Z"), failure, again]);
    expect(first).toMatchObject({ id: "results-2026-01-02", title: "2 results", updated: "2026-01-02T03:04:05.000Z" });
    expect(first?.lines).toEqual(["synthetic-study: 2 results of M.", "1 cell failed and is listed with the reason."]);
    expect(second?.lines[1]).toMatch(/^1 of them replaces/u);
  });

  test("has the newest first, releases before the results of their day", () => {
    const changes = changelogOf(parseReleases(release({}), "c.json"), [
      ticket("M", "2026-01-02T01:00:00Z"),
      ticket("M", "2026-03-02T01:00:00Z"),
    ]);
    expect(changes.map(({ id }) => id)).toEqual(["results-2026-03-02", "release-0.1.0", "results-2026-01-02"]);
  });

  test("refuses a file by name and field", () => {
    expect(() => parseReleases(release({ date: "yesterday" }), "c.json")).toThrow(/^c\.json: releases\.0\.date: /u);
    expect(() => parseReleases("{", "c.json")).toThrow(/^c\.json: not JSON/u);
  });
});

test("the newest release is the version of the package and the one to cite", async () => {
  const read = (to: string): Promise<string> => readFile(new URL(`../../../../${to}`, import.meta.url), "utf8");
  const [newest] = parseReleases(await read("apps/leaderboard/changelog.json"), "changelog.json");
  const { version } = JSON.parse(await read("package.json")) as { version: string };
  const citation = await read("CITATION.cff");
  expect(newest?.id).toBe(`release-${version}`);
  expect(/^version: (.*)$/mu.exec(citation)?.[1]).toBe(version);
  expect(/^date-released: "(.*)"$/mu.exec(citation)?.[1]).toBe(newest?.day);
});

describe("the feed", () => {
  test("is well-formed XML whatever a title holds, and names each change for good", () => {
    const hostile = changesOfResults([ticket(`\u0001${HOSTILE}`.slice(0, 300), "2026-01-02T01:00:00Z")]);
    const feed = atomFeed(hostile, "https://x.org/changelog/", "https://x.org/changelog.xml");
    expect(feed).not.toContain("<script");
    expect(feed).not.toContain("\u0001");
    expect(feed).toContain("<id>https://x.org/changelog/#results-2026-01-02</id>");
    expect(feed).toContain("<updated>2026-01-02T01:00:00.000Z</updated>");
    // Every element that opens closes, in order.
    const open: string[] = [];
    for (const [, slash, name = "", self] of feed.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/gu)) {
      if (slash === "/") expect(open.pop()).toBe(name);
      else if (self !== "/") open.push(name);
    }
    expect(open).toEqual([]);
  });

  test("of nothing is a feed without entries", () => {
    expect(atomFeed([], "https://x.org/changelog/", "https://x.org/changelog.xml")).not.toContain("<entry>");
  });
});
