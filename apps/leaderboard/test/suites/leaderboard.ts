import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Board } from "../../src/board/board.ts";
import { folder, go, goBoard, open, page } from "../site-under-test.ts";
import { HOSTILE, STUDY, syntheticTicket } from "../synthetic-results.ts";

const picture = async (): Promise<string> =>
  (await page.locator(".plot.drawn").innerHTML()) + (await page.locator("#table").innerHTML());

/** What the first page shows and does. */
export function leaderboardTests(): void {
  test("answers the question in a sentence made from the data", async () => {
    await go("/");
    const answer = await page.locator("#answer").textContent();
    expect(answer).toMatch(
      /^\d+.% of the prunable weights can go for less than a point of accuracy, by Low magnitude/u,
    );
    expect(await page.locator("h1").textContent()).toContain("How much");
    const colour = (): Promise<string> => page.locator("#answer b").evaluate((lead) => getComputedStyle(lead).color);
    const sent = await colour();
    await goBoard();
    expect(await colour()).toBe(sent);
  });

  test("draws a curve with a band for every method, the dense line and the floor", async () => {
    await goBoard();
    const plot = page.locator(".plot.drawn");
    expect(await plot.locator(".curve").count()).toBe(7);
    expect(await plot.locator(".band").count()).toBeGreaterThanOrEqual(4);
    expect(await plot.locator(".level.dense line").count()).toBe(1);
    expect(await plot.locator(".level.floor text").textContent()).toContain("24");
    expect(await plot.locator(".point").count()).toBe(4 * STUDY.targets.length + 8);
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
    // Levels and curves: every curve has its name, beside it or in the rows under the chart.
    const rows = await page.locator(".plot.drawn .legend .entry").count();
    expect(boxes.length + rows).toBe(2 + (await page.locator(".plot.drawn .curve").count()));
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

  test("gives each curve of the first picture a colour of its own", async () => {
    // As it was sent: the mouse, wherever it was left, may have it drawn again.
    await open({ javaScriptEnabled: false });
    await go("/");
    const colours = await page
      .locator(".plot.wide .curve")
      .evaluateAll((curves) => curves.map((curve) => getComputedStyle(curve).getPropertyValue("--series")));
    expect(colours).toHaveLength(7);
    expect(new Set(colours).size).toBe(7);
  });

  test("ranks at a sparsity that nearly all methods reached", async () => {
    await go("/");
    const sorted = Number(await page.locator("#table th[aria-sort] button").getAttribute("data-sort"));
    const ranks = await page.locator("#table tbody tr:not(.dense) td:nth-child(2)").allTextContents();
    expect(STUDY.targets).toContain(sorted);
    expect(ranks.filter((rank) => rank !== "–").length).toBeGreaterThanOrEqual(STUDY.methods.length);
  });

  test("lists every seed with both sparsities, its rank and what it cost, as the filters leave it", async () => {
    await goBoard("?methods=magnitude,hostile&range=0.4..0.6");
    const rows = page.locator("#seed-table tbody tr");
    expect(await rows.count()).toBe(0);
    await page.locator("#seeds summary").click();
    await rows.first().waitFor();
    expect(await rows.count()).toBe(3 * STUDY.seeds.length + 1);
    const half = rows.filter({ hasText: "Low magnitude" }).filter({ hasText: "50\u202f%" });
    expect(await half.locator("a").allTextContents()).toEqual(["0", "1", "2"]);
    expect(await half.first().textContent()).toMatch(/^Low magnitude50.%50.%40.%0\d\d\.\d\d=?[\d.]+ (?:sec|min)$/u);
    await page.getByRole("radio", { name: "rewinding" }).check();
    expect(await half.first().textContent()).not.toMatch(/–/u);
    await half.locator("a").first().click();
    await page.waitForURL(/\/cells\/[0-9a-f]{64}\/$/u);
  });

  test("brings the column that orders the table into view on a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await goBoard("?sort=0.98");
    const column = await page.locator("#table th[aria-sort]").boundingBox();
    const table = await page.locator("#table").boundingBox();
    if (!column || !table) throw new Error("no table");
    expect(column.x).toBeGreaterThan(table.x);
    expect(column.x + column.width).toBeLessThanOrEqual(table.x + table.width + 1);
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

  test("can ask for results that were reproduced, and says that these are not", async () => {
    await goBoard();
    await page.getByRole("combobox", { name: "Trust" }).selectOption("attested");
    expect(new URL(page.url()).search).toBe("?tier=attested");
    expect(await page.locator(".plot.drawn .empty").textContent()).toMatch(/no method in view/iu);
    await page.getByRole("button", { name: "Reset" }).click();
    expect(await page.locator(".plot.drawn .curve").count()).toBe(7);
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
    expect(second).toMatch(/^Low magnitude, 10.% of the prunable weights: \d\d\.\d.% \(95\s% interval .*\), n = 3$/u);
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
    expect(await page.locator("#table tbody tr").count()).toBe(8);
    expect(await page.locator("#controls").isVisible()).toBe(false);
  });

  test("shows a hostile title as words, never as markup", async () => {
    await goBoard("?methods=hostile");
    expect(await page.locator("#table tbody th bdi").first().textContent()).toBe(HOSTILE);
    expect(await page.locator("#table script, .plot script, #methods script").count()).toBe(0);
  });

  test("draws what was run as coded dashed, and does not rank it", async () => {
    await goBoard("?methods=magnitude,thesis-low~as-coded&sort=0.9");
    expect(await page.locator(".plot.drawn .line.dashed").count()).toBe(1);
    const row = page.locator("#table tbody tr", { hasText: "Thesis low (as coded)" });
    expect(await row.locator("td").first().textContent()).toBe("–");
    expect(await row.getByRole("link").first().getAttribute("href")).toMatch(/\/methods\/thesis-low\/$/u);
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

  test("a part of the axis can be brushed with the mouse, and the address keeps it", async () => {
    await goBoard();
    const chart = page.locator(".plot.drawn .chart");
    const box = await chart.boundingBox();
    if (!box) throw new Error("no chart");
    const before = await page.locator("#table tbody tr").first().locator("td").count();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 6);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 40, { steps: 4 });
    expect(await page.locator(".brush").count()).toBe(1);
    await page.mouse.up();
    expect(await page.locator(".brush").count()).toBe(0);
    const [from, to] = (new URL(page.url()).searchParams.get("range") ?? "").split("..").map(Number);
    expect(from).toBeGreaterThan(0.4);
    expect(to).toBeLessThan(0.9);
    expect(await page.locator("#table tbody tr").first().locator("td").count()).toBeLessThan(before);
    expect(await page.locator("#hidden").textContent()).toMatch(/results are hidden/u);
    const shown = await page.locator(".plot.drawn .point").count();
    await page.reload();
    await page.locator("#board[data-ready]").waitFor();
    expect(await page.locator(".plot.drawn .point").count()).toBe(shown);
    await page.getByRole("button", { name: "Whole axis" }).click();
    expect(new URL(page.url()).search).toBe("");
    expect(await page.locator("#table tbody tr").first().locator("td").count()).toBe(before);
  });

  test("a part of the axis can be chosen with the keyboard", async () => {
    await goBoard("?methods=magnitude");
    await page.locator(".plot.drawn .point").nth(5).focus();
    await page.keyboard.press("[");
    expect(new URL(page.url()).searchParams.get("range")).toMatch(/^0\.5\.\./u);
    expect(await page.locator(".plot.drawn .point").count()).toBe(7);
  });

  test("on the axis of measured time stands every point that was timed", async () => {
    await goBoard("?x=latency&methods=magnitude&front=1");
    expect(await page.locator(".plot.drawn .point").count()).toBe(12);
    expect(await page.locator(".plot.drawn .axes").textContent()).toContain("measured time of one batch");
    expect(await page.locator(".plot.drawn .front").count()).toBe(1);
    expect(await page.locator(".plot.drawn .line").count()).toBe(0);
  });
}
