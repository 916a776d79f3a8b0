/**
 * `npm run screenshots -- SITE [OUT]`: pictures of a built site's main pages as the README shows them, into docs/images;
 * with `--all`, of every kind of page in full at three widths in both themes and on paper, to look for what is ugly;
 * with `--only WORD`, of those whose name has the word.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
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
  readonly theme: "light" | "dark" | "print";
  /** The whole page, not only what is seen first. */
  readonly whole?: boolean;
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
  methods: "/methods/",
  method: "/methods/magnitude/",
  "method-scheduled": "/methods/imp/",
  "method-control": "/methods/shuffle/",
  cells: "/cells/",
  compare: "/compare/?a=imp&b=magnitude",
  questions: "/questions/",
  audit: "/audit/",
  "audit-fa": "/fa/audit/",
  compression: "/compression/",
  data: "/data/",
  contribute: "/contribute/",
  "contribute-fa": "/fa/contribute/",
  about: "/about/",
  "about-fa": "/fa/about/",
  changelog: "/changelog/",
  "not-found": "/404.html",
};

/** A result of each status as this site has it, and two of them compared. */
function pagesOfResults(site: string): Record<string, string> {
  const index = JSON.parse(readFileSync(join(site, "data/v1/index.json"), "utf8")) as {
    results: readonly { id: string; kind: string; status: string; target: number }[];
  };
  const done = index.results.filter(({ kind, status }) => kind === "ticket" && status === "done");
  const [dense] = index.results.filter(({ kind }) => kind === "dense");
  const failed = index.results.find(({ status }) => status === "failed");
  const pages: Record<string, string> = {};
  const [first, second] = done;
  if (first) pages["cell"] = `/cells/${first.id}/`;
  if (dense) pages["cell-dense"] = `/cells/${dense.id}/`;
  if (failed) pages["cell-failed"] = `/cells/${failed.id}/`;
  if (first && second) pages["compare-cells"] = `/compare/?a=${first.id}&b=${second.id}`;
  return pages;
}

/** Width of a sheet of A4 between its margins, in CSS pixels. */
const PAPER = 718;

function everyPicture(site: string): Picture[] {
  return Object.entries({ ...PAGES, ...pagesOfResults(site) }).flatMap(([page, path]) => {
    const screens = [390, 768, 1440].flatMap((width) =>
      (["light", "dark"] as const).map((theme) => ({ name: `${page}-${String(width)}-${theme}`, width, theme })),
    );
    return [...screens, { name: `${page}-print`, width: PAPER, theme: "print" as const }].map((picture) => ({
      ...picture,
      path,
      height: 900,
      whole: true,
    }));
  });
}

async function take(browser: Browser, origin: string, picture: Picture, out: string): Promise<string> {
  const { name, path, width, height, theme, whole = false } = picture;
  const colorScheme = theme === "print" ? "light" : theme;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
  await page.goto(origin + path, { waitUntil: "networkidle" });
  if (theme === "print") await page.emulateMedia({ media: "print" });
  const file = join(out, `${name}.png`);
  await page.screenshot({ path: file, fullPage: whole });
  await page.close();
  return file;
}

const USAGE = `npm run screenshots -- SITE [OUT] [--all] [--only WORD]

Pictures of a site that was built (npm run site -- --no-serve --to SITE), as the README shows them.
OUT         where they go (docs/images)
--all       every kind of page in full: 390, 768 and 1440 pixels, light, dark and on paper
--only WORD those whose name has the word`;

const { values, positionals } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
if (values.help) {
  console.log(USAGE);
  process.exit();
}
const [site, out = resolve(import.meta.dirname, "../../../docs/images")] = positionals;
if (site === undefined || positionals.length > 2 || !existsSync(join(site, "index.html"))) {
  console.error(`screenshots: ${site ?? "SITE"} is no folder of a built site\n\n${USAGE}`);
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const server = await serveSite(site);
const browser = await launchBrowser();
const pictures = (values.all ? everyPicture(site) : README).filter(({ name }) => name.includes(values.only));
for (const picture of pictures) console.log(await take(browser, server.origin, picture, out));
await browser.close();
await server.close();
