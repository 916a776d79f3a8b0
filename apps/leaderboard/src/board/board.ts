/** The words of PROTOCOL: the points at which a cell is evaluated. */
export const PHASES = ["pruned", "rewound", "retrained"] as const;
export type Phase = (typeof PHASES)[number];

export const ANSWERS = ["all", "yesno", "number", "other"] as const;
export type Answers = (typeof ANSWERS)[number];

export const TIERS = ["self-reported", "reproduced", "attested"] as const;
export type Tier = (typeof TIERS)[number];

/** Accuracies of one phase as fractions, in the order of ANSWERS; null where no question of that type was asked. */
export type Accuracies = readonly (number | null)[];

/** Baselines that everyone knows: they keep their colours, and are in the first picture whatever else is. */
export const BASELINES: readonly string[] = ["magnitude", "random", "high-magnitude"];

/** A method as the board shows it; `style` numbers its colour and marker, the same on every page. */
export interface BoardMethod {
  readonly id: string;
  readonly title: string;
  readonly style: number;
  /** A published study repeated with its faults: drawn dashed, never ranked. */
  readonly asCoded: boolean;
  /** A contributor's own, not published yet: drawn dashed. */
  readonly isPreview: boolean;
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
  /** Theoretical operations of one forward pass; bytes of the compressed checkpoint; measured seconds of one batch. */
  readonly flops: number | null;
  readonly bytes: number | null;
  readonly latency: number | null;
  /** Seconds its making took on its machine, all steps together. */
  readonly cost: number;
}

/** How much can be pruned by a method within one point of the dense network; sparsities of the prunable weights. */
export interface Limit {
  /** Up to here every point is proved to lose less than a point. */
  readonly within: number | null;
  /** Up to here every mean loses at most a point. */
  readonly byMean: number | null;
  /** From here on a loss of more than a point is proved. */
  readonly losesFrom: number | null;
}

/** What the paired tests over all questions say. */
export interface Judgements {
  /** By `rankKey(phase, target)`, then by method; methods that cannot be told apart have the same rank. */
  readonly ranks: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By phase, then by method. */
  readonly limits: Readonly<Partial<Record<Phase, Readonly<Record<string, Limit>>>>>;
}

/** Everything ranked together: one track, one dataset. */
export interface Track {
  readonly id: string;
  readonly title: string;
  readonly dataset: string;
  readonly split: string;
  readonly questions: number;
  /** Accuracies of the dense model per seed, and of always giving the commonest answer. */
  readonly dense: readonly Accuracies[];
  readonly denseIds: readonly string[];
  readonly floor: number | null;
  readonly cells: readonly BoardCell[];
  readonly judgements: Judgements;
  readonly failed: number;
}

export interface Board {
  readonly methods: readonly BoardMethod[];
  readonly tracks: readonly Track[];
}

export function rankKey(phase: Phase, target: number): string {
  return `${phase} ${String(target)}`;
}
