import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildSite } from "./build-site.ts";
import { expectNoComplaints, folder, open, startSite, stopSite } from "./site-under-test.ts";
import { everyPageTests } from "./suites/every-page.ts";
import { leaderboardTests } from "./suites/leaderboard.ts";
import { otherPageTests } from "./suites/other-pages.ts";
import { STUDY, syntheticTicket, writeTestResults } from "./synthetic-results.ts";

// One build and one browser serve all suites; two builds at once would share Astro's folder.
describe("the site", () => {
  beforeAll(startSite);
  afterAll(stopSite);
  beforeEach(() => open());
  afterEach(expectNoComplaints);

  describe("the leaderboard", leaderboardTests);
  otherPageTests();
  everyPageTests();

  describe("the build", () => {
    test("fails on a result that breaks the schema, naming file and field", async () => {
      const results = join(folder, "broken");
      await writeTestResults(results);
      const bad = {
        ...syntheticTicket(STUDY, { id: "magnitude", title: "Low magnitude", knee: 0.88 }, 0.33, 0),
        target: 1.2,
      };
      await writeFile(join(results, "bad.json"), JSON.stringify(bad));
      const failure = await buildSite(results, join(folder, "never")).catch(
        (error: unknown) => error as { stdout: string; stderr: string },
      );
      expect(failure).not.toBeTypeOf("string");
      if (typeof failure === "string") return;
      expect(failure.stdout + failure.stderr).toMatch(/bad\.json: target: /u);
    });

    test("of no results at all gives pages that say so", async () => {
      const out = join(folder, "empty-site");
      await buildSite(join(folder, "nothing"), out);
      expect(await readFile(join(out, "index.html"), "utf8")).toContain("No results yet");
      for (const name of ["methods", "cells", "compare", "compression", "fa"])
        expect(await readFile(join(out, name, "index.html"), "utf8")).toMatch(/No results yet|هنوز نتیجه‌ای نیست/u);
      expect(await readFile(join(out, "questions/index.html"), "utf8")).toContain("without their questions");
    });
  });
});
