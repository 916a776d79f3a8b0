import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import lighthouse from "lighthouse";
import { describe, expect, test } from "vitest";
import * as en from "../../src/i18n/en.ts";
import * as fa from "../../src/i18n/fa.ts";
import { BASE, debuggingPort, DENSE_CELL, FAILED, folder, go, open, page, site, TICKET } from "../site-under-test.ts";

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

/** Takes the shadows off what scrolls: over a gradient the contrast of words is not judged. */
function plainGrounds(): Promise<void> {
  return page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".scroll, pre, .scrolling { background: var(--under) !important }");
    document.adoptedStyleSheets = [sheet];
  });
}

/** What a finger has to hit and can not: narrower or lower than 24 pixels. Links inside of sentences are excepted. */
function tooSmall(): Promise<string[]> {
  return page.locator("button, summary, select, label, nav a, footer a, .button, .table a").evaluateAll((targets) =>
    targets
      .filter((target) => target.checkVisibility())
      .map((target) => ({ words: target.textContent.trim(), box: target.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && Math.min(box.width, box.height) < 24)
      .map(({ words, box }) => `${words}: ${String(box.width)} x ${String(box.height)}`),
  );
}

/** What holds for every page: accessibility, links, weight. */
export function everyPageTests(): void {
  describe("every page", () => {
    const PAGES = [
      "/",
      "/fa/",
      "/methods/",
      "/methods/magnitude/",
      "/methods/hostile/",
      "/cells/",
      `/cells/${TICKET}/`,
      `/cells/${FAILED}/`,
      `/cells/${DENSE_CELL}/`,
      "/compare/",
      "/questions/",
      "/audit/",
      "/fa/audit/",
      "/changelog/",
      "/compression/",
      "/data/",
      "/about/",
      "/fa/about/",
      "/contribute/",
      "/fa/contribute/",
      "/404.html",
    ];
    test.each(PAGES.flatMap((path) => (["light", "dark"] as const).map((theme) => [path, theme] as const)))(
      "%s has no accessibility violations in %s",
      { timeout: 120_000 },
      async (path, colorScheme) => {
        await open({ colorScheme });
        await go(path);
        await plainGrounds();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`),
        ).toEqual([]);
      },
    );

    test("forbids scripts and styles that are not files of the site, and has none", async () => {
      for (const path of ["/", "/audit/", "/compare/", "/methods/hostile/"]) {
        await go(path);
        const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
        expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
        const inline = await page.evaluate(() =>
          [...document.querySelectorAll("*")]
            .filter(
              (one) =>
                one.matches("script:not([src]), style, [style]") ||
                one.getAttributeNames().some((name) => name.startsWith("on")),
            )
            .map((one) => one.outerHTML.slice(0, 80)),
        );
        expect(inline).toEqual([]);
      }
    });

    test.each(PAGES)("%s fits a phone and a sheet of paper, there light and without controls", async (path) => {
      await open({ colorScheme: "dark", viewport: { width: 390, height: 844 } });
      await go(path);
      const sideways = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      const brightness = (): Promise<number> =>
        page.evaluate(() => Number(/\d+/.exec(getComputedStyle(document.body).backgroundColor)?.[0]));
      expect(await sideways()).toBe(0);
      expect(await tooSmall()).toEqual([]);
      expect(await brightness()).toBeLessThan(64);
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize({ width: 718, height: 1000 });
      expect(await brightness()).toBeGreaterThan(240);
      for (const control of await page.locator("form, #theme, header nav, .chips").all())
        expect(await control.isVisible()).toBe(false);
      expect(await sideways()).toBe(0);
      expect(await page.locator("h1").isVisible()).toBe(true);
    });

    test("moves nothing for a reader who asked for that", async () => {
      const scrolling = (): Promise<string> =>
        page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior);
      await go("/");
      expect(await scrolling()).toBe("smooth");
      await open({ reducedMotion: "reduce" });
      await go("/");
      expect(await scrolling()).toBe("auto");
      const moving = await page.evaluate(
        () =>
          [...document.querySelectorAll("*")].filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0)
            .length,
      );
      expect(moving).toBe(0);
    });

    test("has only links that lead somewhere", async () => {
      const broken = await brokenLinks(join(folder, "site"));
      expect(broken).toEqual([]);
    });
  });

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

  test("no script holds the texts of the pages, which come with them", async () => {
    const names = (await readdir(join(folder, "site/_astro"))).filter((name) => name.endsWith(".js"));
    const scripts = await Promise.all(names.map((name) => readFile(join(folder, "site/_astro", name), "utf8")));
    expect(scripts.some((script) => script.includes(en.board.reset))).toBe(true);
    for (const { about, audit, contribute } of [en, fa])
      for (const text of [about.lead, audit.lead, audit.findings.high.text, contribute.lead])
        expect(scripts.filter((script) => script.includes(text))).toEqual([]);
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
}
