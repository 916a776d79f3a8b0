import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { buildEnvironment, buildCommand } from "./build-site.ts";
import { serveSite } from "./serve.ts";
import { syntheticResults, type SyntheticStudy } from "./synthetic-results.ts";

/** One measured figure; `bar` is what it is held to, null where it is only reported. */
interface PerfRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number | null;
  readonly better: "higher" | "lower";
}

/** 37 methods at 9 sparsities with 30 seeds: 9,990 tickets and their 30 dense networks. */
const LARGE: SyntheticStudy = {
  methods: Array.from({ length: 37 }, (_, i) => ({
    id: `m${String(i)}`,
    title: `Method ${String(i)}`,
    knee: 0.3 + i / 60,
  })),
  targets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  seeds: Array.from({ length: 30 }, (_, i) => i),
  questions: 1600,
};

async function writeLarge(folder: string): Promise<number> {
  await mkdir(folder);
  const results = syntheticResults(LARGE);
  for (const result of results) await writeFile(join(folder, `${result.id}.json`), JSON.stringify(result));
  return results.length;
}

/** Largest memory a process had, in bytes, as Linux counts it; 0 where it does not say. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, "utf8").catch(() => "");
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
}

async function timedBuild(results: string, out: string): Promise<{ seconds: number; memory: number }> {
  const start = performance.now();
  const { command, args, cwd } = buildCommand(out);
  const build = spawn(command, args, { cwd, env: buildEnvironment(results), stdio: "ignore" });
  let memory = 0;
  const watch = setInterval(() => {
    void peakMemory(build.pid ?? 0).then((bytes) => {
      memory = Math.max(memory, bytes);
    });
  }, 250);
  const [code] = (await once(build, "exit")) as [number | null];
  clearInterval(watch);
  if (code !== 0) throw new Error(`the site of 10,000 results could not be built: exit code ${String(code)}`);
  return { seconds: (performance.now() - start) / 1000, memory };
}

/** Bytes a host sends for the first page's markup and styles before anyone touches it. */
async function markupAndStyles(site: string): Promise<number> {
  const markup = await readFile(join(site, "index.html"), "utf8");
  const styles = [...markup.matchAll(/<link rel="stylesheet" href="\/([^"]*)"/g)].map(([, to = ""]) => to);
  const files = await Promise.all(["index.html", ...styles].map((file) => readFile(join(site, file))));
  return files.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0);
}

/** Bytes of every script of the site: no page loads more. */
async function scripts(site: string): Promise<number> {
  const names = (await readdir(join(site, "_astro"))).filter((name) => name.endsWith(".js"));
  const files = await Promise.all(names.map((name) => readFile(join(site, "_astro", name))));
  return files.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0);
}

/** Milliseconds from a click on a choice to the next picture on the screen: the median of the four phases' clicks. */
async function filterResponse(page: Page): Promise<number> {
  const times = await page.evaluate(async () => {
    const measured: number[] = [];
    const painted = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    for (const value of ["pruned", "rewound", "retrained", "pruned", "retrained"]) {
      const start = performance.now();
      document.querySelector<HTMLInputElement>(`input[name=phase][value=${value}]`)?.click();
      await painted();
      measured.push(performance.now() - start);
    }
    return measured.sort((a, b) => a - b);
  });
  return times[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** Milliseconds from a click on a heading of the list of results to its rows in that order: the median of five. */
async function orderResponse(page: Page): Promise<number> {
  const times: number[] = [];
  for (const heading of ["Cost", "Retrained", "Pruned", "Method", "Seed", "Asked"]) {
    const button = page.locator("#cells thead").getByRole("button", { name: heading, exact: true });
    const time = await button.evaluate(async (pressed: HTMLButtonElement) => {
      const start = performance.now();
      pressed.click();
      const isDone = (): boolean => pressed.closest("th")?.hasAttribute("aria-sort") ?? false;
      const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
      do await frame();
      while (!isDone());
      return performance.now() - start;
    });
    times.push(time);
  }
  // The first press brings the list of all results.
  return times.slice(1).sort((a, b) => a - b)[2] ?? Number.NaN;
}

async function measureInBrowser(site: string): Promise<{ filter: number; order: number }> {
  const browser = await launchBrowser();
  const served = await serveSite(site);
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    await page.goto(`${served.origin}/`);
    await page.mouse.move(9, 9);
    await page.locator("#board[data-ready]").waitFor();
    const filter = await filterResponse(page);
    await page.goto(`${served.origin}/cells/`);
    return { filter, order: await orderResponse(page) };
  } finally {
    await browser.close();
    await served.close();
  }
}

/** The site of 10,000 results: its build, the weight of its first page and scripts, and how fast a filter answers. */
export async function siteRows(): Promise<PerfRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "ticketbench-site-perf-"));
  try {
    const count = await writeLarge(join(folder, "results"));
    const site = join(folder, "site");
    const { seconds, memory } = await timedBuild(join(folder, "results"), site);
    const code = await scripts(site);
    const page = (await markupAndStyles(site)) + code;
    const board = (await stat(join(site, "data/v1/board.json"))).size;
    const { filter, order } = await measureInBrowser(site);
    return [
      { name: `build of ${String(count)} results`, value: seconds, unit: "s", bar: 120, better: "lower" },
      { name: "its peak memory", value: memory / 1e9, unit: "GB", bar: 4, better: "lower" },
      {
        name: "first page sent, no fonts",
        value: page / 1000,
        unit: "kB",
        bar: 250,
        better: "lower",
      },
      { name: "all scripts, gzip", value: code / 1000, unit: "kB", bar: 45, better: "lower" },
      { name: "data loaded on demand", value: board / 1e6, unit: "MB", bar: null, better: "lower" },
      { name: "filter response", value: filter, unit: "ms", bar: 100, better: "lower" },
      { name: "ordering all results", value: order, unit: "ms", bar: 100, better: "lower" },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
