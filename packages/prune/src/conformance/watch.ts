import type { Method, PruneContext } from "../define-method.ts";

/** What a method did while it was watched. */
export interface Observation {
  /** Everything it read from its context. */
  readonly read: Set<string>;
  /** What it looked for in its context, calibration or training and is not there, evaluation data for one. */
  readonly missed: Set<string>;
  /** What it set, changed or deleted there. */
  readonly written: Set<string>;
  /** The scores it gave, by parameter; empty unless it is a score method. */
  readonly scores: Map<string, Float32Array>;
}

/** Parts of a context that hold what a method asked for, and nothing else. */
const GRANTS = new Set(["calibration", "training"]);

/** Names that every object is asked for by the language itself. */
const LANGUAGE = new Set(["then", "toJSON", "constructor"]);

function watched<T extends object>(target: T, path: string, seen: Observation): T {
  const { read, missed, written } = seen;
  const write = (key: string | symbol) => {
    written.add(path + String(key));
    return false;
  };
  return new Proxy(target, {
    set: (_, key) => write(key),
    defineProperty: (_, key) => write(key),
    deleteProperty: (_, key) => write(key),
    get(object, key) {
      const value: unknown = Reflect.get(object, key);
      if (typeof key === "string" && !LANGUAGE.has(key)) {
        read.add(path + key);
        if (!(key in object)) missed.add(path + key);
      }
      return typeof key === "string" && GRANTS.has(key) ? watched(value as object, `${path}${key}.`, seen) : value;
    },
    has(object, key) {
      if (typeof key === "string" && !(key in object)) missed.add(path + key);
      return Reflect.has(object, key);
    },
  });
}

/** The same method, and a record of what it reads and scores from now on. */
export function watch(method: Method): { readonly method: Method; readonly seen: Observation } {
  const seen: Observation = { read: new Set(), missed: new Set(), written: new Set(), scores: new Map() };
  const around = <T extends object>(context: T) => watched(context, "context.", seen);
  if ("score" in method) {
    const prepare = (context: PruneContext) => method.prepare?.(around(context));
    return {
      seen,
      method: {
        ...method,
        prepare,
        score: (context) => {
          const scores = method.score(around(context));
          seen.scores.set(context.name, scores);
          return scores;
        },
      },
    };
  }
  if ("mask" in method) return { seen, method: { ...method, mask: (context) => method.mask(around(context)) } };
  return { seen, method: { ...method, schedule: (context) => method.schedule(around(context)) } };
}
