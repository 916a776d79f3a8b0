import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compareCurves, contenderOf, resultSchema } from "@ticketbench/results";
import type { Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { CellRow } from "../../src/board/cell-table.ts";
import {
  compared,
  DENSE_CELL,
  FAILED,
  folder,
  forgetComplaints,
  go,
  goBoard,
  goCompare,
  open,
  page,
  site,
  TICKET,
} from "../site-under-test.ts";
import { STUDY, syntheticTicket, type SyntheticMethod } from "../synthetic-results.ts";

const CLI = fileURLToPath(new URL("../../../../packages/bench/src/cli.ts", import.meta.url));

/** What the command line prints of a comparison in the results that the site was built from. */
async function verdictOfCommand(...words: string[]): Promise<string> {
  const command = [CLI, "results", "compare", ...words, "--results", join(folder, "results")];
  return (await promisify(execFile)(process.execPath, command)).stdout;
}

/** Words without what only sets them: no-break spaces, line ends, signs of minus. */
const plain = (words: string | null): string =>
  (words ?? "")
    .replace(/\s+/gu, " ")
    .replace(/[\u2212\u2013]/gu, "-")
    .trim();

/** What the other pages show and do. */
export function otherPageTests(): void {
  describe("the comparison", () => {
    test("gives in the page the verdicts that the package gives here", async () => {
      await goCompare("?a=snip&b=magnitude&at=0.8");
      const contender = (method: SyntheticMethod, target: number) =>
        contenderOf(
          method.title,
          STUDY.seeds.map((seed) => resultSchema.parse(syntheticTicket(STUDY, method, target, seed))),
          "retrained",
        );
      const [magnitude, , , snip] = STUDY.methods;
      if (!magnitude || !snip) throw new Error("the study lacks its methods");
      const pairs = STUDY.targets.map((sparsity) => ({
        sparsity,
        a: contender(snip, sparsity),
        b: contender(magnitude, sparsity),
      }));
      const expected = compareCurves(snip.title, magnitude.title, pairs);
      expect(await page.locator("#sentence").textContent()).toBe(expected.sentence);
      const close = expected.points.find((point) => point.sparsity === 0.8);
      expect(await page.locator("#close").textContent()).toBe(close?.sentence);
    });

    test.each([
      ["magnitude", "random", "retrained"],
      ["snip", "dense", "pruned"],
      [TICKET, "random", "retrained"],
    ])("of %s and %s, %s, says what the command says", async (a, b, phase) => {
      await goCompare(`?a=${a}&b=${b}&phase=${phase}`);
      const printed = await verdictOfCommand(a, b, "--phase", phase);
      const [sentence = "", table = ""] = printed.split("\n\n");
      expect(plain(await page.locator("#sentence").textContent())).toBe(plain(sentence));
      const verdicts = await page.locator("#verdicts tbody .tag").allTextContents();
      const rows = table.split("\n").slice(2);
      expect(verdicts).toEqual(rows.map((row) => row.split(/\s+/u).at(-1)));
    });

    test("keeps what is compared in the address", async () => {
      await goCompare();
      await page.getByRole("combobox", { name: "against" }).selectOption("dense");
      await page.getByRole("button", { name: "90" }).click();
      await compared();
      expect(new URL(page.url()).search).toBe("?a=magnitude&b=dense&at=0.9");
      const sentence = await page.locator("#close").textContent();
      await page.reload();
      await compared();
      expect(await page.locator("#close").textContent()).toBe(sentence);
      expect(sentence).toMatch(/^Low magnitude is worse than dense by/u);
    });

    test("lists the questions on which two methods disagree, with who is right in how many seeds", async () => {
      await goCompare("?a=magnitude&b=random&at=0.6");
      const rows = page.locator("#disagreement-table tbody tr");
      expect(await rows.count()).toBe(0);
      await page.locator("#disagreements summary").click();
      await rows.first().waitFor();
      expect(await rows.first().textContent()).toMatch(/^made-up question \d+ \?.* \(8\)3 of 30 of 3$/u);
      const sides = await rows.evaluateAll((all) =>
        all.map((row) => [...row.children].slice(-2).map((cell) => parseInt(cell.textContent, 10))),
      );
      for (const [a, b] of sides) expect(a).not.toBe(b);
    });

    test("sets a result against a method at its own sparsity, and names it in full", async () => {
      await goCompare(`?a=${TICKET}&b=random`);
      expect(await page.locator("#verdicts tbody th").allTextContents()).toEqual(["50\u202f%"]);
      expect(await page.locator("#verdicts thead th").nth(1).textContent()).toBe("Low magnitude at 50\u00a0%, seed 0");
    });

    test("of two single results decides nothing", async () => {
      await goCompare(`?a=${TICKET}&b=${DENSE_CELL}`);
      expect(await page.locator("#close").textContent()).toMatch(/undecided below 3 seeds/u);
    });
  });

  describe("the questions", () => {
    const list = (): Locator => page.locator("#list > li");

    test("show what people and the network said, and what was lost on the way", async () => {
      await go("/questions/?method=random&change=lost&at=0.6");
      await page.locator("#questions[aria-busy=false]").waitFor();
      expect(await list().count()).toBe(20);
      const first = list().first();
      expect(await first.locator("p").textContent()).toMatch(/people said: \w+\s\(8\), maybe\s\(2\)$/u);
      for (const row of await list().all()) {
        expect(await row.locator(".answers li").first().textContent()).toMatch(/^dense .*✓right$/u);
        expect(await row.locator(".answers li", { hasText: "60" }).textContent()).toMatch(/✗wrong$/u);
      }
      const [shown, all] = ((await page.locator("#count").textContent()) ?? "").match(/[\d,]+/g) ?? [];
      expect(Number(shown?.replace(",", ""))).toBeLessThan(Number(all?.replace(",", "")));
    });

    test("come with their scene, its boxes named", async () => {
      await go("/questions/");
      await page.locator("#questions[aria-busy=false]").waitFor();
      const scene = list().first().locator("svg.scene");
      expect(await scene.getAttribute("aria-label")).toBe(
        "beach: red plain dog, blue striped cat, green dotted horse, yellow plain bird",
      );
      expect(await scene.locator(".box").count()).toBe(4);
      expect(await scene.locator(".box-name").first().textContent()).toBe("red dog");
    });

    test("are there without scripts, the first page of them", async () => {
      await open({ javaScriptEnabled: false });
      await go("/questions/");
      expect(await list().count()).toBe(20);
      expect(await list().first().locator(".answers li").first().textContent()).toMatch(/^dense /u);
      expect(await page.locator("#filter").isVisible()).toBe(false);
    });

    test("keep filter and page in the address", async () => {
      await go("/questions/");
      await page.locator("#questions[aria-busy=false]").waitFor();
      await page.getByRole("radio", { name: "number" }).check();
      await page.locator("#questions[aria-busy=false]").waitFor();
      await page.getByRole("button", { name: "Next" }).click();
      await page.locator("#questions[aria-busy=false]").waitFor();
      expect(new URL(page.url()).search).toMatch(/type=number.*page=2/u);
      const shown = await page.locator("#list").textContent();
      await page.reload();
      await page.locator("#questions[aria-busy=false]").waitFor();
      expect(await page.locator("#list").textContent()).toBe(shown);
    });
  });

  describe("the list of methods", () => {
    test("says how far each one goes, and can be ordered by it", async () => {
      await go("/methods/");
      const row = page.locator("tbody tr", { hasText: "Low magnitude" }).first();
      expect(await row.locator("td").first().textContent()).toMatch(/^\d+\u202f%$/u);
      expect(await row.getByRole("link").getAttribute("href")).toMatch(/\/methods\/magnitude\/$/u);
      const header = page.locator("thead th").nth(2);
      await header.getByRole("button").click();
      const values = await page
        .locator("tbody tr > :nth-child(3)")
        .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset["value"])));
      expect(values[0]).toBeGreaterThan(0.3);
      expect(values).toEqual([...values].sort((a, b) => b - a));
    });
  });

  describe("a method's page", () => {
    test("shows its card as words: idea, needs, parameters, conformance with the worst first, citation", async () => {
      await go("/methods/magnitude/");
      expect(await page.locator(".lead").textContent()).toContain("<script>alert(1)</script>");
      expect(await page.locator(".facts").first().textContent()).toMatch(
        /the weights and calibration.*2:4 in every row/u,
      );
      expect(await page.getByRole("region", { name: "Parameters" }).locator("tbody tr").textContent()).toMatch(
        /rounds.*3.*integer, 1 to 50.*prunings & rewinds/u,
      );
      const lines = page.locator("#conformance li");
      expect(await lines.allTextContents()).toEqual([
        expect.stringMatching(/failed.*ties.*one weight too many <i>/u),
        expect.stringMatching(/warned.*label/u),
        expect.stringMatching(/passed.*polarity/u),
      ]);
      expect(await page.locator(".lead script, #conformance i, pre b").count()).toBe(0);
      expect(await page.locator("main").textContent()).toContain("--methods magnitude");
    });

    test("without a card says what is missing and how to get it", async () => {
      await go("/methods/half-done/");
      expect(await page.locator("#no-card").textContent()).toContain("methods --export");
    });

    test("sets the method against its control", async () => {
      await go("/methods/magnitude/");
      const table = page.getByRole("region", { name: "Against Shuffled mask" });
      expect(await table.locator("tbody tr").count()).toBe(2);
      expect(await table.locator("tbody tr .tag").allTextContents()).toEqual(["better", "better"]);
      await go("/methods/shuffle/");
      expect(await page.locator("main").textContent()).toContain("Shuffled mask (of magnitude)");
    });
  });

  describe("the results", () => {
    const retrained = (): Promise<number[]> =>
      page
        .locator("#cells tbody tr > :nth-child(9)")
        .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset["value"])));

    test("are ordered by any heading over all pages, which it says, and the address keeps it", async () => {
      await go("/cells/");
      const own = await retrained();
      const rows = JSON.parse(await readFile(join(folder, "site/data/v1/results.json"), "utf8")) as CellRow[];
      const all = rows.map((row) => row.retrained).filter((value) => value !== null);
      const falling = all.sort((a, b) => b - a);
      expect(falling.length).toBeGreaterThan(own.length);
      const header = page.locator("#cells th", { hasText: "Retrained" });
      await header.getByRole("button").click();
      await page.locator("#cells[aria-busy=false]").waitFor();
      expect(await header.getAttribute("aria-sort")).toBe("descending");
      expect(await retrained()).toEqual(falling.slice(0, own.length));
      expect(await page.locator("#order").textContent()).toBe(
        `All ${String(rows.length)} finished results by “Retrained”, the highest first.`,
      );
      await page.getByRole("link", { name: "Next" }).click();
      expect(new URL(page.url()).search).toBe("?by=retrained&page=2");
      expect((await retrained())[0]).toBe(falling[own.length]);
      await page.reload();
      await page.locator("#cells[aria-busy=false]").waitFor();
      expect((await retrained())[0]).toBe(falling[own.length]);
      await header.getByRole("button").click();
      expect(await header.getAttribute("aria-sort")).toBe("ascending");
      expect((await retrained())[0]).toBe(falling.at(-1));
      await page.goBack();
      await page.goBack();
      await page.goBack();
      await page.waitForURL(/\/cells\/$/u);
      await page.locator("#cells:not([aria-busy])").waitFor();
      expect(await retrained()).toEqual(own);
    });

    test("have pages without scripts too", async () => {
      await open({ javaScriptEnabled: false });
      await go("/cells/");
      expect(await page.locator("#cells thead button").count()).toBe(0);
      const first = await page.locator("#cells tbody a").first().textContent();
      await page.getByRole("link", { name: "Next" }).click();
      expect(new URL(page.url()).pathname).toMatch(/\/cells\/2\/$/u);
      expect(await page.locator("#cells tbody a").first().textContent()).not.toBe(first);
    });

    test("keep their order when the list of all of them does not come, and say so", async () => {
      await page.route("**/results.json", (route) => route.fulfill({ status: 404, body: "" }));
      await go("/cells/");
      const own = await retrained();
      const header = page.locator("#cells th", { hasText: "Retrained" });
      await header.getByRole("button").click();
      await page.getByText("did not load").waitFor();
      expect(await retrained()).toEqual(own);
      expect(await header.getAttribute("aria-sort")).toBeNull();
      forgetComplaints();
    });

    test("name the variant of their method as the leaderboard does", async () => {
      await go("/cells/?by=method&up=1");
      await page.locator("#cells[aria-busy=false]").waitFor();
      await page.getByRole("link", { name: "Next" }).click();
      const names = await page.locator("#cells tbody bdi").allTextContents();
      expect(names).toContain("Thesis low (as coded)");
      expect(names).toContain("Shuffled mask (of magnitude)");
      await page.locator("#cells tbody tr", { hasText: "(as coded)" }).first().getByRole("link").click();
      expect(await page.locator("h1").textContent()).toBe("Thesis low (as coded)");
    });

    test("that failed say why, with the end of the log as words", async () => {
      await go(`/cells/${FAILED}/`);
      expect(await page.locator("main").textContent()).toContain("the loss is NaN at step 17");
      expect(await page.locator("pre").first().textContent()).toBe("step 16 loss 8.1e+12\nstep 17 loss NaN <b>");
    });

    test("that were replaced stay reachable", async () => {
      await go(`/cells/${TICKET}/`);
      const old = page.getByRole("link", { name: TICKET, exact: true });
      const response = await page.request.get(site.origin + ((await old.getAttribute("href")) ?? ""));
      const { id, createdAt } = (await response.json()) as { id: string; createdAt: string };
      expect({ id, createdAt }).toEqual({ id: TICKET, createdAt: "2026-01-02T03:04:05.000Z" });
      expect(await page.locator("main").textContent()).toContain("Feb 3, 2026");
    });
  });

  describe("the audit", () => {
    test("draws the figures and the bars of the study from its raw numbers", async () => {
      await go("/audit/");
      expect(await page.locator(".plot.wide .chart").count()).toBeGreaterThanOrEqual(8);
      expect(await page.locator(".panels .figure").count()).toBe(9);
      const first = page.locator("section#reported table tbody tr").first();
      expect(await first.locator("td").nth(4).textContent()).toMatch(/^ ?67\.4/u);
    });

    test("reads in Persian, with Persian digits, the same verdicts and every finding", async () => {
      await go("/audit/");
      const findings = await page.locator("#findings article").count();
      await go("/fa/audit/");
      expect(await page.evaluate(() => getComputedStyle(document.body).direction)).toBe("rtl");
      expect(await page.locator("#findings article").count()).toBe(findings);
      expect(await page.locator("#predictions tbody tr .tag").first().textContent()).toBe("نادرست");
      const cell = page.locator("section#reported table tbody tr").first().locator("td").nth(4);
      expect(await cell.textContent()).toMatch(/۶۷٫۴/u);
      expect((await page.locator("#findings h3").allTextContents()).join(" ")).not.toMatch(/[a-z]{4,}/iu);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    });

    test("explains each finding with numbers, a chart of them, and the same as a table", async () => {
      await go("/audit/");
      for (const id of ["dense-retraining", "high", "labels", "pruned", "seeds", "split", "dead"]) {
        const finding = page.locator(`#findings #${id}`);
        expect(await finding.locator("p").first().textContent()).toMatch(/\w{20}|\. /u);
        expect(await finding.locator("svg, td[class^=heat]").count()).toBeGreaterThan(0);
        if (id !== "dead") expect(await finding.locator("table").count()).toBeGreaterThan(0);
      }
      const high = page.locator("#high .chart text");
      expect(await high.allTextContents()).toContain("label of the file, %");
    });

    test("judges the registered predictions on the results at hand", async () => {
      await go("/audit/");
      const verdicts = await page.locator("#predictions tbody tr .tag").allTextContents();
      expect(verdicts).toHaveLength(6);
      expect(verdicts[0]).toBe("fails");
      expect(await page.locator("#predictions tbody tr").first().textContent()).toContain("As predicted at 2 of 3");
      expect(verdicts[2]).toBe("holds");
      expect(verdicts[4]).toBe("not measured yet");
    });
  });

  describe("the page of savings", () => {
    test("says in numbers that masked is not faster, and has a table for each chart", async () => {
      await go("/compression/");
      expect(await page.locator("#masked").textContent()).toMatch(/masked network takes\s+100\.7.% of the dense/u);
      const figures = page.locator("figure.figure");
      expect(await figures.count()).toBe(3);
      expect(await page.locator("details.twin").count()).toBe(3);
      const points = await figures.first().locator(".plot.wide .point").count();
      expect(await page.locator("details.twin").first().locator("tbody tr").count()).toBe(points);
    });
  });

  describe("the changelog", () => {
    test("lists releases and days of results, and its feed's entries lead to them", async () => {
      await go("/changelog/");
      const ids = await page.locator("main section").evaluateAll((sections) => sections.map(({ id }) => id));
      expect(ids).toContain("results-2026-02-03");
      const feed = await (await page.request.get(new URL("../changelog.xml", page.url()).href)).text();
      for (const id of ids) expect(feed).toContain(`/changelog/#${id}</id>`);
    });
  });

  describe("in Persian", () => {
    test("the leaderboard reads from right to left with Persian digits, its chart from left to right", async () => {
      await goBoard("fa/");
      expect(await page.evaluate(() => getComputedStyle(document.body).direction)).toBe("rtl");
      expect(await page.locator("#answer").textContent()).toMatch(/۶۰٪/u);
      expect(await page.locator(".plot.drawn").evaluate((plot) => getComputedStyle(plot).direction)).toBe("ltr");
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    });
  });

  describe("themes", () => {
    const background = async (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);

    test("are there at the first paint: a chosen one does not flash the system's", async () => {
      await open({ colorScheme: "light" });
      await page.addInitScript(() => {
        localStorage.setItem("theme", "dark");
        new MutationObserver((_, observer) => {
          // The body's first element is parsed before anything can be painted.
          if (!document.body?.firstElementChild) return;
          document.documentElement.dataset["first"] = document.documentElement.dataset["theme"] ?? "none";
          observer.disconnect();
        }).observe(document, { childList: true, subtree: true });
      });
      await go("/");
      expect(await page.locator("html").getAttribute("data-first")).toBe("dark");
    });

    test("follow the system, and a choice outlives the page", async () => {
      await open({ colorScheme: "dark" });
      await go("/");
      const dark = await background();
      await page.locator("#theme").click();
      const light = await background();
      expect(light).not.toBe(dark);
      await go("/cells/");
      expect(await background()).toBe(light);
    });
  });
}
