import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import lighthouse from "lighthouse";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { compareCurves, contenderOf, resultSchema } from "@ticketbench/results";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Board } from "../src/board/board.ts";
import { freePort, launchBrowser } from "./browser.ts";
import { buildSite } from "./build-site.ts";
import { serveSite, type Served } from "./serve.ts";
import {
  denseId,
  HOSTILE,
  hashOf,
  STUDY,
  syntheticTicket,
  writeTestResults,
  type SyntheticMethod,
} from "./synthetic-results.ts";

// A base that is not the root: what works here works on GitHub Pages.
const BASE = "/bench/";
const TICKET = hashOf("ticket", "magnitude", 0.5, 0);
const FAILED = hashOf("failed", "hostile", 0.9, 0);

let folder: string;
let browser: Browser;
let debuggingPort: number;
let site: Served;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ticketbench-site-"));
  await writeTestResults(join(folder, "results"));
  await buildSite(join(folder, "results"), join(folder, "site"), BASE);
  debuggingPort = await freePort();
  browser = await launchBrowser(debuggingPort);
  site = await serveSite(join(folder, "site"), BASE);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Opens pages that note each console error, each exception, and each request beyond the site's own origin. */
async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<void> {
  await context?.close();
  context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  context.setDefaultTimeout(5000);
  page = await context.newPage();
  complaints = [];
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(site.origin)) complaints.push(`request to ${request.url()}`);
  });
}

async function go(path: string): Promise<void> {
  await page.goto(site.origin + BASE.slice(0, -1) + path);
}

/** Opens the leaderboard with its data loaded, as it is a moment after a reader moves the pointer. */
async function goBoard(query = ""): Promise<void> {
  await go(`/${query}`);
  await page.mouse.move(3, 3);
  await page.mouse.move(9, 9);
  await page.locator("#board[data-ready]").waitFor();
}

beforeEach(async () => open());
afterEach(() => {
  expect(complaints).toEqual([]);
});

const picture = async (): Promise<string> =>
  (await page.locator(".plot.drawn").innerHTML()) + (await page.locator("#table").innerHTML());

describe("the leaderboard", () => {
  test("answers the question in a sentence made from the data", async () => {
    await go("/");
    const answer = await page.locator("#answer").textContent();
    expect(answer).toMatch(
      /^\d+.% of the prunable weights can go for less than a point of accuracy, by Low magnitude/u,
    );
    expect(await page.locator("h1").textContent()).toContain("How much");
  });

  test("draws a curve with a band for every method, the dense line and the floor", async () => {
    await go("/");
    const plot = page.locator(".plot.wide");
    expect(await plot.locator(".curve").count()).toBe(5);
    expect(await plot.locator(".band").count()).toBeGreaterThanOrEqual(4);
    expect(await plot.locator(".level.dense line").count()).toBe(1);
    expect(await plot.locator(".level.floor text").textContent()).toContain("24");
    expect(await plot.locator(".point").count()).toBe(4 * STUDY.targets.length + 3);
  });

  test.each([360, 390, 768, 1024, 1440])("keeps its labels apart and inside the chart at %d pixels", async (width) => {
    await page.setViewportSize({ width, height: 900 });
    await goBoard();
    const boxes = await page.locator(".plot.drawn .label").evaluateAll((labels) =>
      labels.map((label) => {
        const { left, right, top, bottom } = label.getBoundingClientRect();
        return { left, right, top, bottom, words: label.textContent };
      }),
    );
    expect(boxes.length).toBeGreaterThanOrEqual(4);
    const overlapping = boxes.flatMap((a, i) =>
      boxes
        .slice(i + 1)
        .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        .map((b) => `${a.words} | ${b.words}`),
    );
    expect(overlapping).toEqual([]);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(sideways).toBe(0);
  });

  test("says the same in a table, with both sparsities and n", async () => {
    await go("/");
    const table = page.locator("#table table");
    expect(await table.locator("thead th").count()).toBe(2 + STUDY.targets.length);
    const head = await table.locator("thead th").nth(7).textContent();
    expect(head).toMatch(/50.%.*40.%/u);
    const row = table.locator("tbody tr", { hasText: "Low magnitude" });
    expect(await row.locator("td").nth(6).textContent()).toMatch(/^\d\d\.\d±\d\.\d n 3$/u);
  });

  test("a filter goes into the address, and the address gives the same picture", async () => {
    await goBoard();
    const before = await picture();
    await page.getByRole("radio", { name: "rewinding" }).check();
    expect(new URL(page.url()).search).toBe("?phase=rewound");
    await page.getByRole("checkbox", { name: "Random" }).uncheck();
    await page.getByRole("combobox", { name: "Across" }).selectOption("total");
    const filtered = await picture();
    expect(filtered).not.toBe(before);
    expect(new URL(page.url()).search).toMatch(/^\?phase=rewound&x=total&methods=/);
    await page.reload();
    await page.locator("#board[data-ready]").waitFor();
    expect(await picture()).toBe(filtered);
  });

  test("the back button undoes a choice", async () => {
    await goBoard();
    const before = await picture();
    await page.getByRole("radio", { name: "pruning" }).check();
    await page.getByRole("radio", { name: "number" }).check();
    await page.goBack();
    expect(await page.locator('input[name="answers"][value="all"]').isChecked()).toBe(true);
    await page.goBack();
    expect(await picture()).toBe(before);
  });

  test("says how many results the filters hide", async () => {
    await goBoard();
    expect(await page.locator("#hidden").textContent()).toMatch(/^2 results are hidden/u);
    await page.getByRole("checkbox", { name: "SNIP" }).uncheck();
    expect(await page.locator("#hidden").textContent()).toMatch(/^38 results are hidden/u);
  });

  test("a table heading orders the rows and says so", async () => {
    await goBoard();
    await page.locator('#table [data-sort="0.9"]').click();
    const sorted = page.locator("#table th[aria-sort]");
    expect(await sorted.textContent()).toMatch(/^90/u);
    const column = 2 + STUDY.targets.indexOf(0.9);
    const values = await page
      .locator(`#table tbody tr:not(.dense) > :nth-child(${String(column + 1)})`)
      .evaluateAll((cells) =>
        cells.map((cell) => parseFloat(cell.textContent)).filter((value) => !Number.isNaN(value)),
      );
    expect(values.length).toBeGreaterThanOrEqual(4);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  test("gives exactly what is shown as CSV, also after a filter", async () => {
    await goBoard("?phase=pruned&methods=random,hostile");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "CSV" }).click(),
    ]);
    const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(1 + STUDY.targets.length + 3);
    const names = lines[0]?.split(",") ?? [];
    const values = lines
      .filter((line) => line.startsWith("random,"))
      .map((line) => line.split(",")[names.indexOf("accuracy")]);
    const shown = await page
      .locator("#table tbody tr", { hasText: "Random" })
      .locator("td a")
      .evaluateAll((cells) => cells.map((cell) => cell.textContent));
    expect(values.map((value) => (100 * Number(value)).toFixed(1))).toEqual(shown);
  });

  test("copies the table as Markdown", async () => {
    await open({ permissions: ["clipboard-read", "clipboard-write"] });
    await goBoard("?methods=magnitude,hostile");
    await page.getByRole("button", { name: "Markdown" }).click();
    await page.getByRole("button", { name: "copied" }).waitFor();
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).trim().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(/^\| Low magnitude \| \d\d\.\d ± \d\.\d \(3\) \|/u);
    expect(lines[3]).toContain("\\<script\\>");
  });

  test("points speak on hover and on focus, and arrow keys move between them", async () => {
    await goBoard();
    const points = page.locator(".plot.drawn .point");
    await points.nth(3).hover({ force: true });
    expect(await page.locator("#tip").textContent()).toMatch(/, n = \d$/u);
    await points.first().focus();
    const first = await page.locator("#tip").textContent();
    await page.keyboard.press("ArrowRight");
    const second = await page.locator("#tip").textContent();
    expect(second).toMatch(/^Low magnitude, 10.% of the prunable weights: \d\d\.\d.% \(95 % interval .*\), n = 3$/u);
    expect(second).not.toBe(first);
    await page.keyboard.press("Escape");
    expect(await page.locator("#tip").isVisible()).toBe(false);
  });

  test("the drawn means are those of the recomputed accuracies", async () => {
    await go("/");
    const board = JSON.parse(await readFile(join(folder, "site/data/v1/board.json"), "utf8")) as Board;
    const cells = board.tracks[0]?.cells.filter((cell) => cell.method === "magnitude" && cell.target === 0.5) ?? [];
    const mean = cells.reduce((sum, cell) => sum + (cell.phases.retrained?.[0] ?? NaN), 0) / cells.length;
    const row = page.locator("#table tbody tr", { hasText: "Low magnitude" });
    expect(await row.locator("td").nth(6).locator("a").textContent()).toBe((100 * mean).toFixed(1));
    const ticket = syntheticTicket(STUDY, { id: "magnitude", title: "Low magnitude", knee: 0.88 }, 0.5, 0);
    expect(cells.find((cell) => cell.seed === 0)?.phases.retrained?.[0]).toBe(ticket.phases.retrained?.accuracy);
  });

  test("is complete without scripts", async () => {
    await open({ javaScriptEnabled: false });
    await go("/");
    expect(await page.locator(".plot.wide .curve").first().isVisible()).toBe(true);
    expect(await page.locator("#table tbody tr").count()).toBe(7);
    expect(await page.locator("#controls").isVisible()).toBe(false);
  });

  test("shows a hostile title as words, never as markup", async () => {
    await goBoard("?methods=hostile");
    expect(await page.locator("#table tbody th bdi").first().textContent()).toBe(HOSTILE);
    expect(await page.locator("#table script, .plot script, #methods script").count()).toBe(0);
  });

  test("a method with one seed has no interval", async () => {
    await goBoard("?methods=hostile");
    expect(await page.locator(".plot.drawn .band").count()).toBe(0);
    expect(await page.locator("#table tbody tr").first().textContent()).toMatch(/\d\.\dn 1/u);
  });

  test("a method without the chosen phase keeps its row and says nothing", async () => {
    await goBoard("?methods=half-done");
    expect(await page.locator(".plot.drawn .empty").textContent()).toMatch(/no method in view/iu);
    await page.getByRole("radio", { name: "rewinding" }).check();
    expect(await page.locator(".plot.drawn .point").count()).toBe(2);
  });
});

describe("the comparison", () => {
  test("gives in the page the verdicts that the package gives here", async () => {
    await go("/compare/?a=snip&b=magnitude&at=0.8");
    await page.locator("#comparison[aria-busy=false]").waitFor();
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

  test("keeps what is compared in the address", async () => {
    await go("/compare/");
    await page.locator("#comparison[aria-busy=false]").waitFor();
    await page.getByRole("combobox", { name: "against" }).selectOption("dense");
    await page.getByRole("button", { name: "90" }).click();
    await page.locator("#comparison[aria-busy=false]").waitFor();
    expect(new URL(page.url()).search).toBe("?a=magnitude&b=dense&at=0.9");
    const sentence = await page.locator("#close").textContent();
    await page.reload();
    await page.locator("#comparison[aria-busy=false]").waitFor();
    expect(await page.locator("#close").textContent()).toBe(sentence);
    expect(sentence).toMatch(/^Low magnitude is worse than dense by/u);
  });

  test("of two single results decides nothing", async () => {
    await go(`/compare/?a=${TICKET}&b=${denseId(0)}`);
    await page.locator("#comparison[aria-busy=false]").waitFor();
    expect(await page.locator("#close").textContent()).toMatch(/undecided below 3 seeds/u);
  });
});

describe("the audit", () => {
  test("draws the figures and the bars of the study from its raw numbers", async () => {
    await go("/audit/");
    expect(await page.locator(".plot.wide .chart").count()).toBeGreaterThanOrEqual(6);
    expect(await page.locator(".panels .figure").count()).toBe(9);
    const first = page.locator("section#reported table tbody tr").first();
    expect(await first.locator("td").nth(4).textContent()).toMatch(/^ ?67\.4/u);
  });

  test("judges the registered predictions on the results at hand", async () => {
    await go("/audit/");
    const verdicts = await page.locator("#predictions tbody tr .tag").allTextContents();
    expect(verdicts).toHaveLength(6);
    expect(verdicts[2]).toBe("holds");
    expect(verdicts[4]).toBe("not measured yet");
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
  const background = async (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

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

describe("every page", () => {
  const PAGES = [
    "/",
    "/fa/",
    "/methods/magnitude/",
    "/methods/hostile/",
    "/cells/",
    `/cells/${TICKET}/`,
    `/cells/${FAILED}/`,
    `/cells/${denseId(0)}/`,
    "/compare/",
    "/audit/",
    "/compression/",
    "/data/",
    "/about/",
    "/fa/about/",
    "/contribute/",
    "/404.html",
  ];
  test.each(PAGES.flatMap((path) => (["light", "dark"] as const).map((theme) => [path, theme] as const)))(
    "%s has no accessibility violations in %s",
    async (path, colorScheme) => {
      await open({ colorScheme });
      await go(path);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`),
      ).toEqual([]);
    },
  );

  test("has only links that lead somewhere", async () => {
    const broken = await brokenLinks(join(folder, "site"));
    expect(broken).toEqual([]);
  });
});

/** Links and anchors of all pages that lead to no file or no element. */
async function brokenLinks(root: string): Promise<string[]> {
  const files = (await readdir(root, { recursive: true })).map((file) => file.replaceAll("\\", "/"));
  const known = new Set(files);
  const pages = new Map<string, string>();
  for (const file of files.filter((name) => name.endsWith(".html")))
    pages.set(file, await readFile(join(root, file), "utf8"));
  const broken = new Set<string>();
  for (const [file, markup] of pages) {
    for (const [, address = ""] of markup.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      const url = new URL(
        address.replaceAll("&amp;", "&"),
        `https://example.org${BASE}${file.replace(/index\.html$/, "")}`,
      );
      if (url.origin !== "https://example.org") continue;
      const path = decodeURIComponent(url.pathname).slice(BASE.length);
      const target = path === "" || path.endsWith("/") ? `${path}index.html` : path;
      if (!url.pathname.startsWith(BASE) || !known.has(target)) broken.add(`${file}: ${address}`);
      else if (url.hash !== "" && !pages.get(target)?.includes(` id="${decodeURIComponent(url.hash.slice(1))}"`))
        broken.add(`${file}: ${address}`);
    }
  }
  return [...broken];
}

test("the first page is faultless in accessibility, best practices and SEO, and light", {
  timeout: 180_000,
}, async () => {
  const run = await lighthouse(site.origin + BASE, {
    port: debuggingPort,
    output: "json",
    logLevel: "error",
    onlyCategories: ["performance", "accessibility", "best-practices", "seo"],
  });
  if (!run) throw new Error("Lighthouse gave no report");
  const { categories, audits } = run.lhr;
  const failed = Object.values(audits)
    .filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === "binary")
    .map((audit) => audit.id);
  const score = (id: string): number => Math.round((categories[id]?.score ?? 0) * 100);
  // The machine's load decides about performance: it is told, not tested.
  console.log(`Lighthouse performance of the first page: ${String(score("performance"))}`);
  expect({
    accessibility: score("accessibility"),
    practices: score("best-practices"),
    seo: score("seo"),
    failed,
  }).toEqual({ accessibility: 100, practices: 100, seo: 100, failed: [] });
});

describe("the weight", () => {
  /** Bytes of a built file as a static host sends it. */
  const sent = async (file: string): Promise<number> => gzipSync(await readFile(join(folder, "site", file))).length;

  test("of the first page stays under 150 kB without fonts, of all scripts under 45 kB", async () => {
    const markup = await readFile(join(folder, "site/index.html"), "utf8");
    const parts = [...markup.matchAll(/<(?:script|link rel="stylesheet")[^>]*(?:src|href)="([^"]*)"/g)].map(
      ([, address = ""]) => address.slice(BASE.length),
    );
    const assets = (await readdir(join(folder, "site/_astro"))).map((name) => `_astro/${name}`);
    const scripts = [...assets.filter((name) => name.endsWith(".js")), "theme.js"];
    const total = async (files: readonly string[]): Promise<number> => {
      const sizes = await Promise.all(files.map(sent));
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    expect(parts.length).toBeGreaterThan(3);
    expect(await total(scripts)).toBeLessThan(45_000);
    expect(await total(["index.html", "data/v1/board.json", "favicon.svg", ...scripts, ...parts])).toBeLessThan(
      150_000,
    );
  });
});

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
    expect(await readFile(join(out, "cells/index.html"), "utf8")).toContain("No results yet");
  });
});
