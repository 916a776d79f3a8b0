import type { Method, Scope, ScopeName } from "@ticketbench/prune";
import { loadMethod } from "@ticketbench/prune/node";
import type { Ranking } from "../plan/ranking.ts";

/** The parts of a pruning that a method's context does not show: a method whose code runs elsewhere is told them. */
export interface MethodRequest extends Ranking {
  readonly scope: Scope | ScopeName;
  readonly seed: number;
}

export type MethodLoader = (id: string, request: MethodRequest) => Promise<Method>;

let loader: MethodLoader = loadMethod;

/** Lets the methods of this process's cells come from elsewhere than its own code. */
export function useMethodLoader(other: MethodLoader): void {
  loader = other;
}

/** A method by name, from wherever this process has its methods. */
export function methodFor(id: string, request: MethodRequest): Promise<Method> {
  return loader(id, request);
}
