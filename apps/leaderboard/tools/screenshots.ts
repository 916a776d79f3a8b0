/**
 * `npm run screenshots -- SITE [OUT]`: pictures of a built site's main pages as the README shows them, into docs/images;
 * with `--all`, of every kind of page at three widths in both themes, to look for what is ugly.
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../test/browser.ts";
import { serveSite } from "../test/serve.ts";

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly theme: "light" | "dark";
}

const README: readonly Picture[] = [
  { name: "leaderboard", path: "/", width: 1280, height: 860, theme: "light" },
  { name: "leaderboard-phone", path: "/", width: 390, height: 844, theme: "dark" },
  { name: "compare", path: "/compare/", width: 940, height: 620, theme: "light" },
  { name: "questions", path: "/questions/?change=lost", width: 940, height: 620, theme: "light" },
  { name: "method", path: "/methods/magnitude/", width: 940, height: 620, theme: "dark" },
  { name: "audit-fa", path: "/fa/audit/#reported", width: 940, height: 620, theme: "light" },
];

const PAGES = {
  leaderboard: "/",
  "leaderboard-fa": "/fa/",
  compare: "/compare/",
  questions: "/questions/",
  method: "/methods/magnitude/",
  cells: "/cells/",
  audit: "/audit/",
  "audit-fa": "/fa/audit/",
  compression: "/compression/",
  data: "/data/",
  about: "/about/",
  contribute: "/contribute/",
  changelog: "/changelog/",
};
const EVERY: readonly Picture[] = Object.entries(PAGES).flatMap(([name, path]) =>
  [390, 768, 1440].flatMap((width) =>
    (["light", "dark"] as const).map((theme) => ({
      name: `${name}-${String(width)}-${theme}`,
      path,
      width,
      height: 900,
      theme,
    })),
  ),
);

async function take(browser: Browser, origin: string, picture: Picture, out: string): Promise<string> {
  const { name, path, width, height, theme } = picture;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme, reducedMotion: "reduce" });
  await page.goto(origin + path, { waitUntil: "networkidle" });
  const file = join(out, `${name}.png`);
  await page.screenshot({ path: file });
  await page.close();
  return file;
}

const { values, positionals } = parseArgs({
  options: { all: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [site, out = resolve(import.meta.dirname, "../../../docs/images")] = positionals;
if (site === undefined || positionals.length > 2) {
  console.error(
    "screenshots: expected the folder of a built site, and the folder the pictures go to if not docs/images",
  );
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const server = await serveSite(site);
const browser = await launchBrowser();
for (const picture of values.all ? EVERY : README) console.log(await take(browser, server.origin, picture, out));
await browser.close();
await server.close();
