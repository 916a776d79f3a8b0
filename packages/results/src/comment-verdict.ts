import { controls } from "./comment-evidence.ts";
import { untrusted } from "./comment-text.ts";
import { type CurveVerdict, stretches } from "./statistics/curves.ts";
import {
  pAtMost,
  points,
  pRange,
  pText,
  seedsText,
  shareRange,
  shareText,
  signedPoints,
} from "./statistics/notation.ts";
import { minimumSeeds } from "./statistics/verdict.ts";

type Stretch = CurveVerdict["points"];
type Point = Stretch[number];

/** A method's name; those of the controls are ours and need no quoting. */
export function shown(name: string): string {
  return controls.includes(name) ? name : untrusted(name, 80);
}

const isDecided = ({ outcome }: Point): boolean => outcome === "better" || outcome === "worse";

/**
 * "Tied with magnitude at 50–70 %, better at 80 %: +1.8, 95 % CI 0.9 to 2.7, p = .001, n = 3". Numbers stand where something
 * is decided; where nothing is at any sparsity, with each stretch, for then they are all there is to say.
 */
export function verdictLine(opponentName: string, curve: CurveVerdict): string {
  const linking = { better: "than", worse: "than", tied: "with", undecided: "against" };
  const n = Math.min(...curve.points.map((point) => point.n));
  const isTold = curve.points.some(isDecided) ? isDecided : () => n >= minimumSeeds;
  let line = "";
  let separator = "";
  for (const stretch of stretches(curve.points)) {
    const outcome = stretch[0]?.outcome ?? "undecided";
    const name = line === "" ? ` ${linking[outcome]} ${shown(opponentName)}` : "";
    const numbers = stretch.every(isTold) ? numbersText(stretch) : "";
    line += `${separator}${outcome}${name} at ${rangeText(stretch)}${numbers}`;
    separator = numbers === "" ? ", " : "; ";
  }
  const few = n < minimumSeeds ? ` (${minimumSeeds} seeds decide)` : "";
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}, ${seedsText(n)}${few}`;
}

function rangeText(stretch: Stretch): string {
  return shareRange(stretch[0]?.sparsity ?? 0, stretch.at(-1)?.sparsity ?? 0);
}

function numbersText(stretch: Stretch): string {
  const differences = stretch.map(({ difference }) => difference);
  const [least, most] = [signedPoints(Math.min(...differences)), signedPoints(Math.max(...differences))];
  const low = points(Math.min(...stretch.map(({ interval }) => interval.low)));
  const high = points(Math.max(...stretch.map(({ interval }) => interval.high)));
  const interval = `${shareText(0.95)} ${stretch.length === 1 ? "CI" : "CIs within"} ${low} to ${high}`;
  return `: ${least === most ? least : `${least} to ${most}`}, ${interval}, ${pOf(stretch)}`;
}

/** The p of one or several sparsities: the largest where each is decided, else from the smallest to the largest. */
function pOf(stretch: Stretch): string {
  const all = stretch.map(({ p }) => p);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  if (stretch.length === 1) return pText(most);
  return stretch.every(isDecided) ? pAtMost(most) : pRange(least, most);
}
