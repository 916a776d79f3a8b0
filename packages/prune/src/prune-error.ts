/** A mistake in what was asked of the pruner: a wrong option, name, file or method. The message says what to do. */
export class PruneError extends Error {
  override readonly name = "PruneError";
  readonly exitCode = 2;
}
