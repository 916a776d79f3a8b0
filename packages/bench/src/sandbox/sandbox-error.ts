/** A method did what it may not, or could not do what it should: the message names its file and what happened. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly exitCode = 2;
}
