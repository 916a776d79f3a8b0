/** One thing wrong with a document: where (dotted path, "" for the document as a whole) and what. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}

/** A result, or a set of results, that cannot be used: a user's mistake, not a fault of the program. */
export class ResultError extends Error {
  override readonly name = "ResultError";
  readonly exitCode = 2;
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.problems = problems;
  }
}
