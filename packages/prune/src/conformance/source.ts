import { failed, passed, type Verdict } from "./finding.ts";

/** What a method may import: the mathematics of this house, its schema library, and code of its own neighbours. */
const ALLOWED = /^(zod|@ticketbench\/(prune|model|backend)|\.{1,2}\/(?!.*\.\.\/).*\.[cm]?[jt]s)$/;

const IMPORT = /^\s*(?:import|export)\s+(?:type\s+)?(?:[\w*{},\s]+?\s+from\s+)?["']([^"']+)["']/gm;

const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\bfetch\s*\(/, "fetches from the network"],
  [/\bprocess\s*\./, "reads the process"],
  [/\bimport\s*\(/, "imports at run time"],
  [/\brequire\s*\(/, "imports at run time"],
  [/\brandomStream\b/, "makes random numbers of its own, where context.random has those of the study's seed"],
  [/\bDate\.now\b|\bperformance\.now\b|\bnew Date\b/, "reads the clock"],
];

/** The source without comments and without what stands in quotes. */
function codeOf(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "")
    .replace(/`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, '""');
}

/** Looks through a method's source for ways to data it was not given, and for errors it would hide. */
export function sourceText(source: string): Verdict {
  for (const [, specifier = ""] of source.matchAll(IMPORT)) {
    if (!ALLOWED.test(specifier))
      return failed(`imports ${specifier}: a method works on what its context holds and may not read data of its own`);
  }
  const code = codeOf(source);
  for (const [pattern, what] of FORBIDDEN)
    if (pattern.test(code))
      return failed(`${what}: a mask must follow from weights, parameters, seed and calibration alone`);
  for (const [, body = ""] of code.matchAll(/\bcatch\s*(?:\([^)]*\))?\s*\{([^}]*)\}/g))
    if (!/\bthrow\b/.test(body))
      return failed("catches an error and goes on: let it through, a failed run is a result");
  return passed("imports and reads nothing it was not given");
}
