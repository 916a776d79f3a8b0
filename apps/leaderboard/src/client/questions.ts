import { drawQuestion } from "../board/question-row.ts";
import {
  Questions,
  QUESTIONS_A_PAGE,
  type AnswerFile,
  type QuestionFile,
  type QuestionFilter,
} from "../board/questions.ts";
import { englishPages } from "../i18n/en.ts";
import { formatFor } from "../i18n/format.ts";
import { path } from "../site/paths.ts";
import { load, part } from "./part.ts";

interface Choice {
  readonly id: string;
  readonly title: string;
  readonly methods: readonly { readonly id: string; readonly title: string }[];
}

/** What the address holds. */
interface State extends QuestionFilter {
  readonly track: string;
  readonly method: string;
  readonly page: number;
}

const TYPES = ["all", "yes/no", "number", "other"] as const;
const CHANGES = ["all", "lost", "kept", "won"] as const;
const f = formatFor("en");

function readState(query: URLSearchParams, choices: readonly Choice[]): State {
  const track = choices.find(({ id }) => id === query.get("track")) ?? choices[0];
  const method = track?.methods.find(({ id }) => id === query.get("method")) ?? track?.methods[0];
  return {
    track: track?.id ?? "",
    method: method?.id ?? "",
    type: TYPES.find((type) => type === query.get("type")) ?? "all",
    change: CHANGES.find((change) => change === query.get("change")) ?? "all",
    at: Number(query.get("at") ?? NaN),
    page: Math.max(1, Math.floor(Number(query.get("page") ?? 1)) || 1),
  };
}

function writeState({ track, method, type, change, at, page }: State): string {
  const query = new URLSearchParams({ track, method });
  if (type !== "all") query.set("type", type);
  if (change !== "all") query.set("change", change);
  if (Number.isFinite(at)) query.set("at", String(at));
  if (page > 1) query.set("page", String(page));
  return `?${query.toString()}`;
}

function fill(select: HTMLSelectElement, options: readonly { id: string; title: string }[], value: string): void {
  select.replaceChildren(...options.map(({ id, title }) => new Option(title.slice(0, 80), id)));
  select.value = value;
}

class QuestionPage {
  private readonly choices: readonly Choice[];
  private readonly form = part<HTMLFormElement>("filter");
  private state: State;
  private turn = 0;

  constructor(choices: readonly Choice[]) {
    this.choices = choices;
    this.state = readState(new URLSearchParams(location.search), choices);
    this.form.addEventListener("change", () => {
      const query = new URLSearchParams();
      for (const [name, value] of new FormData(this.form)) if (typeof value === "string") query.set(name, value);
      this.go(readState(query, choices));
    });
    part("previous").addEventListener("click", () => {
      this.go({ ...this.state, page: this.state.page - 1 });
    });
    part("next").addEventListener("click", () => {
      this.go({ ...this.state, page: this.state.page + 1 });
    });
    addEventListener("popstate", () => {
      this.state = readState(new URLSearchParams(location.search), choices);
      void this.show();
    });
    void this.show();
  }

  private go(state: State): void {
    this.state = state;
    history.pushState(null, "", location.pathname + writeState(state));
    void this.show();
  }

  private async show(): Promise<void> {
    const turn = ++this.turn;
    const home = part("questions");
    home.setAttribute("aria-busy", "true");
    const { track, method } = this.state;
    const [card, file] = await Promise.all([
      load<QuestionFile>(path(`/data/v1/questions/${track}.json`)),
      load<AnswerFile>(path(`/data/v1/answers/${track}/${method}.json`)),
    ]);
    if (turn !== this.turn) return;
    this.draw(new Questions(card, file), file.seed);
    home.setAttribute("aria-busy", "false");
  }

  private draw(questions: Questions, seed: number): void {
    const { targets } = questions;
    const at = targets.includes(this.state.at)
      ? this.state.at
      : (targets.find((target) => target >= 0.6) ?? targets.at(-1) ?? 0);
    const found = questions.filter({ ...this.state, at });
    const pages = Math.max(1, Math.ceil(found.length / QUESTIONS_A_PAGE));
    const page = Math.min(this.state.page, pages);
    const rows = found
      .slice((page - 1) * QUESTIONS_A_PAGE, page * QUESTIONS_A_PAGE)
      .map((index) => questions.row(index));
    part("list").innerHTML = rows.map(drawQuestion).join("");
    part("count").textContent =
      `${f.integer(found.length)} of ${f.integer(questions.count)} questions. Answers of seed ${String(seed)}.`;
    part("page").textContent = englishPages.pageOf(page, pages);
    part<HTMLButtonElement>("previous").disabled = page <= 1;
    part<HTMLButtonElement>("next").disabled = page >= pages;
    this.syncForm(targets, at);
  }

  private syncForm(targets: readonly number[], at: number): void {
    const track = this.choices.find(({ id }) => id === this.state.track);
    const control = (name: string): HTMLSelectElement => this.form.elements.namedItem(name) as HTMLSelectElement;
    fill(control("track"), this.choices, this.state.track);
    fill(control("method"), track?.methods ?? [], this.state.method);
    fill(
      control("at"),
      targets.map((target) => ({ id: String(target), title: f.share(target) })),
      String(at),
    );
    const chosen: Record<string, string> = { type: this.state.type, change: this.state.change };
    for (const radio of this.form.querySelectorAll<HTMLInputElement>("input[type=radio]")) {
      radio.checked = chosen[radio.name] === radio.value;
    }
  }
}

const home = document.getElementById("questions");
if (home) new QuestionPage(JSON.parse(home.dataset["choices"] ?? "[]") as Choice[]);
