import { describe, expect, test } from "vitest";
import type { Plan } from "../plan/plan.ts";
import type { RunEvent } from "../run/events.ts";
import { JsonView } from "./json-view.ts";
import { LiveView } from "./live-view.ts";
import { PlainView } from "./plain-view.ts";

const plan = {
  cells: [
    { id: "a", kind: "dense", label: "dense seed 0" },
    { id: "b", kind: "ticket", label: `a-method-with-a-long-name {"share":0.5} 50 % seed 0` },
    { id: "c", kind: "ticket", label: "magnitude 50 % seed 0" },
  ],
} as Plan;
const EVENTS: RunEvent[] = [
  { type: "run", study: "demo", plan: "0123456789abcdef", cells: 3, kinds: { dense: 1, ticket: 2 }, jobs: 2 },
  { type: "started", cell: "a", pid: 7 },
  { type: "progress", cell: "a", phase: "dense", step: 1, steps: 530, fraction: 0.1, samplesPerSecond: 2140.4 },
  { type: "progress", cell: "a", phase: "dense", step: 90, steps: 530, fraction: 0.5, samplesPerSecond: 2140.4 },
  { type: "progress", cell: "a", phase: "dense", step: 530, steps: 530, fraction: 1, accuracy: 0.831 },
  { type: "done", cell: "a", file: "a.json" },
  { type: "started", cell: "b", pid: 8 },
  { type: "progress", cell: "b", phase: "retrained", step: 1, steps: 530, fraction: 0.1, samplesPerSecond: 2140.4 },
  { type: "killed", cell: "b", signal: "SIGKILL" },
  { type: "failed", cell: "b", reason: "diverged", message: "the loss is NaN" },
  { type: "skipped", cell: "c", because: "blocked", message: "a cell it needs failed" },
  { type: "end", done: 1, failed: 1, blocked: 1, left: 0 },
];

class Page {
  columns = 80;
  rows = 24;
  text = "";
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

/** What a terminal shows after these writes: it knows the three codes that the live view uses to move. */
function screen(text: string): string[] {
  const lines = [""];
  for (const part of text.split(/(\u001b\[\d*[A-Za-z]|\u001b\[\?25[hl]|\n|\r)/)) {
    const up = /^\u001b\[(\d+)A$/.exec(part);
    if (part === "\n") lines.push("");
    else if (up !== null) lines.splice(lines.length - 1 - Number(up[1]), Number(up[1]) + 1, "");
    else if (!part.startsWith("\u001b") && part !== "\r") lines[lines.length - 1] += part;
  }
  return lines;
}

test("on no terminal there is a line for each beginning, phase, accuracy and end", () => {
  const page = new Page();
  const view = new PlainView(plan, page as never);
  for (const event of EVENTS) view.see(event);
  const lines = page.text
    .trim()
    .split("\n")
    .map((line) => line.replace(/ {2}\(.*\)$/, ""));
  expect(lines).toEqual([
    "study demo: 3 cells, 2 at a time, plan 0123456789ab",
    "         dense seed 0: dense 1/530, 2,140 samples/s",
    "         dense seed 0: dense 530/530, accuracy 83.1 %",
    "done     dense seed 0",
    expect.stringContaining("retrained 1/530"),
    expect.stringContaining("its process died of SIGKILL; it goes on from its checkpoint"),
    expect.stringMatching(/^FAILED {3}a-method.*: diverged: the loss is NaN/),
    expect.stringMatching(/^blocked {2}magnitude 50 % seed 0: a cell it needs failed/),
  ]);
  expect(page.text).not.toContain("\u001b");
});

test("events are printed as they are for other programs", () => {
  const page = new Page();
  const view = new JsonView(page as never);
  for (const event of EVENTS) view.see(event);
  expect(
    page.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(EVENTS);
});

describe("on a terminal", () => {
  test("a bar of the run and one of each running cell stand below what has ended, within the width", () => {
    const page = new Page();
    const view = new LiveView(plan, page);
    for (const event of EVENTS.slice(0, 4)) view.see(event);
    view.draw();
    const shown = screen(page.text);
    expect(shown[0]).toMatch(/^░{24} 0 of 3 cells/);
    expect(shown[1]).toMatch(/^ {2}dense seed 0 +█{4}░{4} dense 90\/530, 2,140 samples\/s/);
    for (const event of EVENTS.slice(4, 8)) view.see(event);
    view.draw();
    const later = screen(page.text);
    expect(later[0]).toBe("done     dense seed 0");
    expect(later[1]).toMatch(/^█{8}░{16} 1 of 3 cells/);
    expect(later[2]).toMatch(/^ {2}a-method-with-a-long-name/);
    for (const line of later) expect(line.length).toBeLessThan(80);
    view.close();
  });

  test("the cursor comes back and nothing is left below at the end", () => {
    const page = new Page();
    const view = new LiveView(plan, page);
    for (const event of EVENTS) view.see(event);
    view.close();
    expect(page.text.endsWith("\u001b[?25h")).toBe(true);
    expect(screen(page.text).filter((line) => line.includes("█"))).toEqual([]);
  });

  test("more running cells than rows are cut to the screen", () => {
    const page = new Page();
    page.rows = 6;
    const cells = Array.from({ length: 30 }, (_, i) => ({ id: `${i}`, kind: "ticket", label: `cell ${i}` }));
    const view = new LiveView({ cells } as unknown as Plan, page);
    for (const { id } of cells) view.see({ type: "started", cell: id, pid: 1 });
    view.draw();
    expect(screen(page.text).length).toBeLessThanOrEqual(6);
    view.close();
  });
});
