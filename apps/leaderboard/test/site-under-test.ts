import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import { freePort, launchBrowser } from "./browser.ts";
import { buildSite } from "./build-site.ts";
import { serveSite, type Served } from "./serve.ts";
import { denseId, hashOf, writeTestResults } from "./synthetic-results.ts";

/** A base that is not the root: what works here works on GitHub Pages. */
export const BASE = "/ticketbench/";

/** Ids of a finished ticket, a failed one and a dense cell of the synthetic study. */
export const TICKET = hashOf("ticket", "magnitude", 0.5, 0);
export const FAILED = hashOf("failed", "hostile", 0.9, 0);
export const DENSE_CELL = denseId(0);

export let folder: string;
export let site: Served;
export let page: Page;
export let debuggingPort: number;
let browser: Browser;
let context: BrowserContext | undefined;
let complaints: string[] = [];

/** Builds the site on the synthetic study, serves it, and starts a browser. */
export async function startSite(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), "ticketbench-site-"));
  await writeTestResults(join(folder, "results"));
  await buildSite(join(folder, "results"), join(folder, "site"), BASE);
  debuggingPort = await freePort();
  browser = await launchBrowser(debuggingPort);
  site = await serveSite(join(folder, "site"), BASE);
}

export async function stopSite(): Promise<void> {
  await browser?.close();
  await site?.close();
  await rm(folder, { recursive: true, force: true });
}

/** Opens a page that notes each console error, each exception, and each request beyond the site's own origin. */
export async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<void> {
  await context?.close();
  context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  complaints = [];
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "blob:" && origin !== site.origin) complaints.push(`request to ${request.url()}`);
  });
}

export function expectNoComplaints(): void {
  expect(complaints).toEqual([]);
}

/** For a test that makes the page complain on purpose. */
export function forgetComplaints(): void {
  complaints = [];
}

export async function go(path: string): Promise<void> {
  await page.goto(site.origin + BASE.slice(0, -1) + path);
}

/** Opens the leaderboard with its data loaded, as it is a moment after a reader moves the pointer. */
export async function goBoard(query = ""): Promise<void> {
  await go(`/${query}`);
  await page.mouse.move(3, 3);
  await page.mouse.move(9, 9);
  await page.locator("#board[data-ready]").waitFor();
}

/** Opens a comparison and waits until its verdicts are drawn. */
export async function goCompare(query = ""): Promise<void> {
  await go(`/compare/${query}`);
  await compared();
}

export async function compared(): Promise<void> {
  await page.locator("#comparison[aria-busy=false]").waitFor();
}
