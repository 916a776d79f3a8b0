import { DENSE, sideOfResult, type Result, type ScoreFile, type Side } from "@ticketbench/results";
import type { Board, Track } from "../board/board.ts";
import { drawBoardChart } from "../board/board-chart.ts";
import { compare, type ComparedSparsity } from "../board/comparison.ts";
import {
  contestants,
  isResultId,
  readComparison,
  writeComparison,
  type ComparisonState,
} from "../board/comparison-state.ts";
import { drawAgreement, drawAnswerTypes, drawDifferences, drawVerdictTable } from "../board/comparison-view.ts";
import { defaultState } from "../board/state.ts";
import { viewOf } from "../board/view.ts";
import { board as words, englishPages, language } from "../i18n/en.ts";
import { path } from "../site/paths.ts";
import { makeRoving, watchPoints } from "./chart-points.ts";
import { showDisagreements } from "./disagreements.ts";
import { load, part } from "./part.ts";

/** Answers every change of the form, of the address and of the window. */
async function run(board: Board, first: ComparisonState): Promise<void> {
  let state = first;
  const go = async (next: ComparisonState): Promise<void> => {
    state = next;
    history.pushState(null, "", location.pathname + writeComparison(state, board));
    await show(board, state);
  };
  part("choose").addEventListener("change", () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(part<HTMLFormElement>("choose"))) {
      if (typeof value === "string") query.set(name, value);
    }
    const next = readComparison(query, board);
    if (next) void go(next);
  });
  part("verdicts").addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-target]") : null;
    if (button) void go({ ...state, target: Number(button.dataset["target"]) });
  });
  addEventListener("popstate", () => {
    state = readComparison(new URLSearchParams(location.search), board) ?? state;
    void show(board, state);
  });
  await show(board, state);
}

function titleOf(board: Board, id: string): string {
  if (id === DENSE) return words.dense;
  return board.methods.find((method) => method.id === id)?.title ?? id;
}

async function sideOf(board: Board, state: ComparisonState, id: string): Promise<Side | null> {
  if (isResultId(id)) {
    const result = await load<Result>(path(`/data/v1/cells/${id}.json`));
    const bothResults = isResultId(state.a) && isResultId(state.b);
    const variant = board.tracks.flatMap(({ cells }) => cells).find((cell) => cell.id === id)?.method;
    const title = variant === undefined ? (result.method?.title ?? DENSE) : titleOf(board, variant);
    return result.status === "done" ? sideOfResult(result, title, state.phase, bothResults) : null;
  }
  const phase = id === DENSE ? DENSE : state.phase;
  const file = await load<ScoreFile>(path(`/data/v1/scores/${state.track}/${id}/${phase}.json`)).catch(() => null);
  return file && { name: titleOf(board, id), file, fixed: id === DENSE };
}

/** Counts what was asked for, so that an answer which comes late is not drawn over a newer one. */
let asked = 0;

async function show(board: Board, state: ComparisonState): Promise<void> {
  const track = board.tracks.find(({ id }) => id === state.track);
  if (!track) return;
  const turn = ++asked;
  part("comparison").setAttribute("aria-busy", "true");
  fillForm(board, track, state);
  const [a, b] = await Promise.all([sideOf(board, state, state.a), sideOf(board, state, state.b)]);
  if (turn !== asked) return;
  const found = a && b && compare(a, b);
  part("found").hidden = !found;
  part("sentence").textContent = found ? found.sentence : englishPages.nothingShared;
  const close = found?.rows.find((row) => row.target === state.target) ?? telling(found?.rows ?? []);
  if (found && close) {
    part("close").textContent = close.verdict.sentence;
    drawTables(track, state, [a, b], found.rows, close);
    drawCharts(board, state, [a, b], found.rows);
    showDisagreements(track.id, [a, b], close.target);
  }
  part("comparison").setAttribute("aria-busy", "false");
}

/** The sparsity with the largest difference. */
function telling(rows: readonly ComparedSparsity[]): ComparedSparsity | null {
  const size = (row: ComparedSparsity): number => Math.abs(row.verdict.difference);
  return [...rows].sort((a, b) => size(b) - size(a))[0] ?? null;
}

function drawTables(
  track: Track,
  state: ComparisonState,
  [a, b]: [Side, Side],
  rows: readonly ComparedSparsity[],
  close: ComparedSparsity,
): void {
  part("verdicts").innerHTML = drawVerdictTable(a, b, rows, close.target);
  part("agreement").innerHTML = drawAgreement(a, b, close);
  const types = drawAnswerTypes(track, [state.a, state.b], [a.name, b.name], close.target, state.phase);
  part("types-section").hidden = types === null;
  part("types").innerHTML = types ?? "";
  // Two results may be of two sparsities.
  part("close-title").hidden = isResultId(state.a) && isResultId(state.b);
  for (const place of document.querySelectorAll("[data-at]"))
    place.textContent = words.ofPrunable(percent(close.target));
}

function percent(target: number): string {
  return `${String(Math.round(target * 1000) / 10)}\u202f%`;
}

function drawCharts(
  board: Board,
  state: ComparisonState,
  [a, b]: [Side, Side],
  rows: readonly ComparedSparsity[],
): void {
  const methods = [state.a, state.b].filter((id) => id !== DENSE && !isResultId(id));
  const view = viewOf(board, { ...defaultState(board), track: state.track, phase: state.phase, methods });
  const figure = part("curves");
  figure.hidden = methods.length === 0;
  const width = Math.max(280, Math.floor(part("differences-plot").clientWidth));
  part("curves-plot").innerHTML = (view && drawBoardChart(view, { language, board: words }, width)) ?? "";
  part("differences-plot").innerHTML = drawDifferences(a, b, rows, width);
  makeRoving(figure);
  makeRoving(part("differences"));
}

function fillForm(board: Board, track: Track, state: ComparisonState): void {
  const form = part<HTMLFormElement>("choose");
  const ids = contestants(board, track);
  for (const name of ["a", "b"] as const) {
    const select = form.elements.namedItem(name) as HTMLSelectElement;
    const known = ids.includes(state[name]) ? ids : [...ids, state[name]];
    select.replaceChildren(
      ...known.map(
        (id) => new Option(isResultId(id) ? `result ${id.slice(0, 8)}` : titleOf(board, id).slice(0, 80), id),
      ),
    );
    select.value = state[name];
  }
  (form.elements.namedItem("track") as HTMLSelectElement | null)?.setAttribute("value", state.track);
  for (const control of form.querySelectorAll<HTMLSelectElement>("select[name=track]")) control.value = state.track;
  for (const radio of form.querySelectorAll<HTMLInputElement>("input[name=phase]"))
    radio.checked = radio.value === state.phase;
}

const home = document.getElementById("comparison");
if (home) {
  for (const id of ["curves", "differences"]) watchPoints(part(id), part(`${id}-tip`));
  const board = await load<Board>(home.dataset["source"] ?? "");
  const state = readComparison(new URLSearchParams(location.search), board);
  if (state) await run(board, state);
}
