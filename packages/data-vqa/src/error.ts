/**
 * A fault in somebody's data or in how it was named: the message says what is wrong, where (file, line or id) and what
 * to do. The command ends with exit code 2, as for every mistake that a user can put right.
 */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly exitCode = 2;
}
