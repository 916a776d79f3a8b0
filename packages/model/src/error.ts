/** Something a user gave does not fit: a file, a config, a token id. Says what, where, and what was expected. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly exitCode = 2;
}
