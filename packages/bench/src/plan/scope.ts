import { type Scope, type ScopeName, SCOPES } from "@ticketbench/prune";
import type { Pruning } from "./cell.ts";

/** The switches that are on, in words that a result is known by: "encoder-matrices + embeddings + biases". */
export function scopeName(scope: Pruning["scope"]): string {
  if (typeof scope === "string") return scope;
  const on = Object.entries(scope).flatMap(([part, isIn]) => (isIn ? [part] : []));
  return ["encoder-matrices", ...on].join(" + ");
}

/** What a study's words for what may be pruned mean to the pruning core: a scope's name, or the encoders and more. */
export function scopeOf(scope: Pruning["scope"]): Scope | ScopeName {
  return typeof scope === "string" ? scope : { ...scope, title: SCOPES["encoder-matrices"].title };
}
