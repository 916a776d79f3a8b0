import { contenderOf, controlledMethod, verdict, type DoneResult, type Verdict } from "@ticketbench/results";
import { PHASES, type BoardMethod, type Phase, type Track } from "../board/board.ts";
import { defaultState } from "../board/state.ts";
import { viewOf, type Group } from "../board/view.ts";
import { loadBoard } from "./load-board.ts";
import { loadResults } from "./load-results.ts";
import { methodOf } from "./paths.ts";

/** One sparsity of a variant: what each phase reached, and how much went from each module. */
export interface SparsityRow {
  readonly target: number;
  readonly prunable: number;
  readonly total: number;
  readonly phases: Partial<Record<Phase, Group>>;
  /** Share removed of each module, mean over seeds. */
  readonly modules: Readonly<Record<string, number>>;
  readonly results: readonly DoneResult[];
}

/** A method against a control of it: the same mask with one thing taken away. */
export interface ControlPage {
  /** The control's method: "shuffle", "reinit", "random-same-ratios". */
  readonly id: string;
  readonly title: string;
  readonly verdicts: readonly { readonly target: number; readonly verdict: Verdict }[];
}

/** A variant of a method in one track. */
export interface VariantPage {
  readonly controls: readonly ControlPage[];
  readonly track: Track;
  readonly variant: BoardMethod;
  readonly rows: readonly SparsityRow[];
}

export interface MethodPage {
  readonly id: string;
  readonly title: string;
  readonly variants: readonly VariantPage[];
}

function removedByModule(results: readonly DoneResult[]): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const { ledger } of results) {
    for (const [name, [kept, pruned]] of Object.entries(ledger.modules)) {
      const share = kept + pruned === 0 ? 0 : pruned / (kept + pruned);
      shares[name] = (shares[name] ?? 0) + share / results.length;
    }
  }
  return shares;
}

/** Verdicts of a method's rows against each control of it in the same track, after retraining. */
function controlsOf(method: string, rows: readonly SparsityRow[], track: readonly DoneResult[]): ControlPage[] {
  const controls = new Map<string, DoneResult[]>();
  for (const result of track) {
    const id = result.method?.id;
    if (id !== undefined && controlledMethod(result) === method)
      controls.set(id, [...(controls.get(id) ?? []), result]);
  }
  return [...controls].map(([id, results]) => {
    const title = results[0]?.method?.title ?? id;
    return { id, title, verdicts: verdictsOf(method, rows, title, results) };
  });
}

/** The verdict at every sparsity that a method and its control share a seed at. */
function verdictsOf(
  method: string,
  rows: readonly SparsityRow[],
  title: string,
  results: readonly DoneResult[],
): ControlPage["verdicts"] {
  return rows.flatMap(({ target, results: own }) => {
    const a = contenderOf(method, own, "retrained");
    const b = contenderOf(
      title,
      results.filter((result) => result.target === target),
      "retrained",
    );
    const shared = a.runs.some(({ seed }) => b.runs.some((run) => run.seed === seed));
    return shared ? [{ target, verdict: verdict(a, b) }] : [];
  });
}

/** Every method with at least one finished result, with all its variants in all tracks. */
export async function methodPages(): Promise<MethodPage[]> {
  const board = await loadBoard();
  const stored = new Map((await loadResults()).map((result) => [result.id, result]));
  const resultsOf = (group: Group): DoneResult[] =>
    group.cells
      .flatMap(({ id }) => {
        const result = stored.get(id);
        return result?.status === "done" ? [result] : [];
      })
      .sort((a, b) => a.seed - b.seed);
  const pages = new Map<string, VariantPage[]>();
  for (const track of board.tracks) {
    const inTrack = track.cells.flatMap(({ id }) => {
      const result = stored.get(id);
      return result?.status === "done" ? [result] : [];
    });
    for (const variant of board.methods) {
      const rows = new Map<number, SparsityRow>();
      for (const phase of PHASES) {
        const view = viewOf(board, { ...defaultState(board), track: track.id, phase, methods: [variant.id] });
        for (const group of view?.groups ?? []) {
          const row = rows.get(group.target);
          const { target, prunable, total } = group;
          const results = row?.results ?? resultsOf(group);
          const modules = row?.modules ?? removedByModule(results);
          rows.set(target, { target, prunable, total, results, modules, phases: { ...row?.phases, [phase]: group } });
        }
      }
      if (rows.size === 0) continue;
      const id = methodOf(variant.id);
      const sorted = [...rows.values()].sort((a, b) => a.target - b.target);
      const controls = variant.id === id ? controlsOf(id, sorted, inTrack) : [];
      pages.set(id, [...(pages.get(id) ?? []), { track, variant, rows: sorted, controls }]);
    }
  }
  return [...pages].map(([id, variants]) => ({ id, variants, title: shortestTitle(variants) }));
}

/** The title without what sets variants apart. */
function shortestTitle(variants: readonly VariantPage[]): string {
  const titles = variants.map(({ variant }) => variant.title);
  return titles.sort((a, b) => a.length - b.length)[0] ?? "";
}
