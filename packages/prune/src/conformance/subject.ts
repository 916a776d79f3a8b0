import type { Method } from "../define-method.ts";
import type { PruneOutcome } from "../prune.ts";
import type { ScopeName } from "../scope.ts";
import type { Laboratory } from "./laboratory.ts";
import { type Observation, watch } from "./watch.ts";

/** A trial on the laboratory's own model and questions. */
export interface UsualTrial {
  readonly sparsity: number;
  readonly seed?: number;
  readonly scope?: ScopeName;
}

/** A method under test, watched, and where it is tested. */
export class Subject {
  readonly method: Method;
  readonly lab: Laboratory;
  /** Everything it has read and scored so far. */
  readonly seen: Observation;
  readonly #outcomes = new Map<string, Promise<PruneOutcome>>();

  constructor(method: Method, lab: Laboratory) {
    ({ method: this.method, seen: this.seen } = watch(method));
    this.lab = lab;
  }

  /** What the method makes of a usual trial; tried once, however many checks ask. */
  usual(trial: UsualTrial): Promise<PruneOutcome> {
    const key = JSON.stringify([trial.sparsity, trial.seed ?? 1, trial.scope ?? ""]);
    const outcome = this.#outcomes.get(key) ?? this.lab.try(this.method, trial);
    this.#outcomes.set(key, outcome);
    return outcome;
  }
}
