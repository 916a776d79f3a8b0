import type { Board } from "../board/board.ts";
import { drawBoardChart } from "../board/board-chart.ts";
import { drawChips } from "../board/board-chips.ts";
import { drawBoardTable } from "../board/board-table.ts";
import { claimOf } from "../board/claim.ts";
import { drawSeedTable } from "../board/seed-table.ts";
import { defaultState, readState, writeState, type ViewState } from "../board/state.ts";
import { viewOf, type View } from "../board/view.ts";
import type { BoardStrings } from "../i18n/strings.ts";
import { watchBrush } from "./brush.ts";
import { makeRoving } from "./chart-points.ts";
import { pageStrings } from "./page-strings.ts";
import { load, part } from "./part.ts";
import { showSorted } from "./sorted-column.ts";
import { offer } from "./take-along.ts";

class Leaderboard {
  private readonly board: Board;
  private readonly t: BoardStrings;
  private readonly figure = part("figure");
  private readonly form = part<HTMLFormElement>("controls");
  private readonly plot = document.createElement("div");
  private state: ViewState;
  private view: View;

  constructor(board: Board, t: BoardStrings) {
    this.board = board;
    this.t = t;
    this.state = readState(new URLSearchParams(location.search), board);
    // The reader may have chosen something before the data came.
    if (location.search === "") this.state = this.fromForm();
    this.view = this.look();
    for (const drawn of this.figure.querySelectorAll(".plot")) drawn.remove();
    this.plot.className = "plot drawn";
    part("tip").before(this.plot);
    addEventListener("change", (event) => {
      if (!(event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement)) return;
      if (event.target.name === "methods") this.go({ ...this.state, methods: this.checkedMethods() });
      else if (event.target.form === this.form) this.go(this.fromForm());
    });
    part("show-all").addEventListener("click", () => {
      this.go({ ...this.state, methods: this.view.available.map((method) => method.id) });
    });
    part("whole-range").addEventListener("click", () => {
      this.go({ ...this.state, range: null });
      part("reset").focus();
    });
    watchBrush(
      this.figure,
      () => this.state.range,
      (range) => {
        this.go({ ...this.state, range });
      },
    );
    part("reset").addEventListener("click", () => {
      this.go(defaultState(board));
    });
    part("table").addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-sort]") : null;
      if (button) this.go({ ...this.state, sort: Number(button.dataset["sort"]) });
    });
    part("seeds").addEventListener("toggle", () => {
      this.drawSeeds();
    });
    offer(part("take"), () => this.view, t.board.copied);
    addEventListener("popstate", () => {
      this.state = readState(new URLSearchParams(location.search), board);
      this.draw();
    });
    new ResizeObserver(() => {
      this.drawChart();
    }).observe(this.figure);
    this.draw();
  }

  private look(state = this.state): View {
    const view = viewOf(this.board, state);
    if (!view) throw new Error("the board holds no results");
    return view;
  }

  /** Takes a new state: into the address, so that the back button undoes it, and onto the page. */
  private go(state: ViewState): void {
    this.state = state;
    history.pushState(null, "", location.pathname + writeState(state, this.board));
    this.draw();
  }

  private fromForm(): ViewState {
    const chosen = new FormData(this.form);
    const query = new URLSearchParams();
    for (const [name, value] of chosen) if (typeof value === "string") query.set(name, value);
    const read = readState(query, this.board);
    const { track, methods, sort, axis, range } = this.state;
    const kept = read.track === track ? { methods, sort } : { methods: null, sort: null };
    // Another axis has another unit.
    return { ...read, ...kept, range: read.track === track && read.axis === axis ? range : null };
  }

  private checkedMethods(): string[] {
    return [...part("methods").querySelectorAll<HTMLInputElement>("input:checked")].map((box) => box.value);
  }

  private draw(): void {
    this.view = this.look();
    const { view, t } = this;
    // What can be said about the methods does not depend on the part of the axis looked at.
    const { lead, rest } = t.board.answer(claimOf(this.look({ ...this.state, range: null })));
    const bold = document.createElement("b");
    bold.textContent = lead;
    part("answer").replaceChildren(bold, ` ${rest}`);
    part("caption").textContent = t.board.caption(view.track.dataset, view.track.split);
    part("caption-note").textContent = t.board.captionNote(view.track.questions);
    part("hidden").textContent = t.board.hidden(view.hidden);
    part("whole-range").hidden = this.state.range === null;
    this.drawKeepingFocus("methods", drawChips(view));
    this.drawKeepingFocus("table", drawBoardTable(view, t));
    showSorted(part("table"));
    this.drawSeeds();
    this.syncForm();
    this.drawChart();
  }

  /** Every seed is many rows: they are drawn for a reader who opens them. */
  private drawSeeds(): void {
    const { open } = part<HTMLDetailsElement>("seeds");
    part("seed-table").innerHTML = open ? drawSeedTable(this.view, this.t) : "";
  }

  private drawChart(): void {
    const style = getComputedStyle(this.figure);
    const width = this.figure.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const chart = drawBoardChart(this.view, this.t, Math.max(280, Math.floor(width)));
    const message = document.createElement("p");
    message.className = "empty";
    message.textContent = this.view.groups.length === 0 ? this.t.board.empty : this.t.board.noCost;
    if (chart === null) this.plot.replaceChildren(message);
    else this.plot.innerHTML = chart;
    makeRoving(this.figure);
  }

  /** Replaces what a part shows; the control that had the focus has it again. */
  private drawKeepingFocus(id: string, markup: string): void {
    const home = part(id);
    const controls = (): HTMLElement[] => [...home.querySelectorAll<HTMLElement>("input, button")];
    const focused = controls().indexOf(document.activeElement as HTMLElement);
    home.innerHTML = markup;
    controls()[focused]?.focus();
  }

  private syncForm(): void {
    const wanted: Record<string, string> = {
      track: this.view.track.id,
      phase: this.state.phase,
      answers: this.state.answers,
      x: this.state.axis,
      tier: this.state.tier,
    };
    for (const control of this.form.elements) {
      if (control instanceof HTMLSelectElement) control.value = wanted[control.name] ?? control.value;
      if (!(control instanceof HTMLInputElement)) continue;
      control.checked = control.name === "front" ? this.state.front : wanted[control.name] === control.value;
    }
  }
}

/** Makes the page answer its reader, with the data it was built from. */
export async function start(home: HTMLElement): Promise<void> {
  const [board, t] = await Promise.all([load<Board>(home.dataset["source"] ?? ""), pageStrings()]);
  new Leaderboard(board, t);
  home.dataset["ready"] = "";
}
