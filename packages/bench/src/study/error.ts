/** A mistake in a study or in how it was asked for: the message names the place, the value and what was expected. */
export class StudyError extends Error {
  override readonly name = "StudyError";
  readonly exitCode = 2;
}
