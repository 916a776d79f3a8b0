/**
 * `npm run screenshots -- SITE OUT`: pictures of a built site's main pages for the README and for looking at what
 * readers see: desktop and phone, light and dark.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launchBrowser } from "../test/browser.ts";
import { serveSite } from "../test/serve.ts";

const PAGES = { leaderboard: "/", audit: "/audit/", compression: "/compression/" };
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

const [site, out] = process.argv.slice(2);
if (site === undefined || out === undefined) {
  console.error("screenshots: expected the folder of a built site and the folder the pictures go to");
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const server = await serveSite(site);
const browser = await launchBrowser();
for (const colorScheme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const context = await browser.newContext({ viewport, colorScheme });
    for (const [name, path] of Object.entries(PAGES)) {
      const page = await context.newPage();
      await page.goto(server.origin + path, { waitUntil: "networkidle" });
      const file = join(out, `${name}-${size}-${colorScheme}.png`);
      await page.screenshot({ path: file });
      console.log(file);
    }
    await context.close();
  }
}
await browser.close();
await server.close();
