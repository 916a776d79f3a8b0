import { type LxmertConfig, parameterCount, parameterShapes } from "@ticketbench/model";
import { describeScope, prunableNames, type Scope, type ScopeName, SCOPES } from "@ticketbench/prune";

/** The parameters of a scope in a network, by their full shapes. */
export function prunableParameters(config: LxmertConfig, scope: Scope | ScopeName): ReturnType<typeof parameterShapes> {
  const shapes = parameterShapes(config);
  const names = new Set(prunableNames(new Map([...shapes].map(([name, { shape }]) => [name, shape])), scope));
  return new Map([...shapes].filter(([name]) => names.has(name)));
}

/** What a scope holds of a network, counted: "196,608 of 265,708 weights (74.0 %) in 48 of 133 tensors: ...". */
export function prunableWords(config: LxmertConfig, scope: Scope | ScopeName): string {
  const all = parameterShapes(config);
  const chosen = prunableParameters(config, scope);
  const [size, total] = [parameterCount(chosen), parameterCount(all)];
  const share = ((100 * size) / total).toFixed(1);
  const words = describeScope(typeof scope === "string" ? SCOPES[scope] : scope);
  const numbers = `${size.toLocaleString("en")} of ${total.toLocaleString("en")} weights (${share} %)`;
  return `${numbers} in ${chosen.size} of ${all.size} tensors:\n${words}`;
}
