import { DataError } from "../error.ts";

/** What a file or folder turned out to be, and everything found wrong with it. */
export interface CheckReport {
  readonly path: string;
  readonly kind: string;
  /** What is in it, for people. */
  readonly summary: string;
  /** Each names the file, line or id and what to do; empty where all is well. */
  readonly problems: readonly string[];
}

/** More problems than this of one file are counted, not told. */
const MOST_PROBLEMS = 20;

/** Collects problems where reading would stop at the first. */
export class Findings {
  readonly #problems: string[] = [];
  #untold = 0;

  add(problem: string): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem);
    else this.#untold++;
  }

  /** Run what may throw a DataError and keep its message; null where it did. */
  try<T>(check: () => T): T | null {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.add(error.message);
      return null;
    }
  }

  get problems(): string[] {
    return this.#untold === 0 ? [...this.#problems] : [...this.#problems, `and ${this.#untold} more`];
  }
}
