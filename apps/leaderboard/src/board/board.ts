/** The words of PROTOCOL: the points at which a cell is evaluated. */
export const PHASES = ["pruned", "rewound", "retrained"] as const;
export type Phase = (typeof PHASES)[number];

export const ANSWERS = ["all", "yesno", "number", "other"] as const;
export type Answers = (typeof ANSWERS)[number];

export const TIERS = ["self-reported", "reproduced", "attested"] as const;
export type Tier = (typeof TIERS)[number];

/** Accuracies of one phase as fractions, in the order of ANSWERS; null where no question of that type was asked. */
export type Accuracies = readonly (number | null)[];

/** A method as the board shows it; `style` numbers its colour and marker, the same on every page. */
export interface BoardMethod {
  readonly id: string;
  readonly title: string;
  readonly style: number;
}

/** What one result says, without its per-question scores: small enough to send every cell to the page. */
export interface BoardCell {
  readonly id: string;
  readonly method: string;
  readonly seed: number;
  readonly tier: Tier;
  /** Share of the prunable weights asked for, and the measured shares of the prunable weights and of the whole model. */
  readonly target: number;
  readonly prunable: number;
  readonly total: number;
  readonly phases: Partial<Record<Phase, Accuracies>>;
  /** Theoretical operations of one forward pass; bytes of the compressed checkpoint; measured seconds of one forward pass. */
  readonly flops: number | null;
  readonly bytes: number | null;
  readonly latency: number | null;
}

/** First and last place a group may hold: methods the tests cannot tell apart share a range. */
export type RankRange = readonly [first: number, last: number];

/** Everything ranked together: one track, one dataset. */
export interface Track {
  readonly id: string;
  readonly title: string;
  readonly dataset: string;
  readonly split: string;
  readonly questions: number;
  /** Accuracies of the dense model per seed, and of always giving the commonest answer. */
  readonly dense: readonly Accuracies[];
  readonly floor: number | null;
  readonly cells: readonly BoardCell[];
  /** By `rankKey(phase, target)`, then by method. */
  readonly ranks: Readonly<Record<string, Readonly<Record<string, RankRange>>>>;
  readonly failed: number;
}

export interface Board {
  readonly methods: readonly BoardMethod[];
  readonly tracks: readonly Track[];
}

export function rankKey(phase: Phase, target: number): string {
  return `${phase} ${String(target)}`;
}
