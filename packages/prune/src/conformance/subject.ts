import type { Method } from "../define-method.ts";
import type { Laboratory } from "./laboratory.ts";

/** A method under test, and where it is tested. */
export interface Subject {
  readonly method: Method;
  readonly lab: Laboratory;
}
