import { controls } from "./comment-evidence.ts";
import { percent, sparsityText, untrusted } from "./comment-text.ts";
import type { CurveVerdict } from "./statistics/curves.ts";
import { minimumSeeds, pText, signedPoints } from "./statistics/verdict.ts";

type Stretch = CurveVerdict["points"];
type Point = Stretch[number];

/** A method's name; those of the controls are ours and need no quoting. */
export function shown(name: string): string {
  return controls.includes(name) ? name : untrusted(name, 80);
}

const isDecided = ({ outcome }: Point): boolean => outcome === "better" || outcome === "worse";

/**
 * "Tied with magnitude at 50-70 %, better at 80 %: +1.8, 95 % CI 0.9 to 2.7, p = .001, n = 3". Numbers stand where something
 * is decided; where nothing is at any sparsity, with each stretch, for then they are all there is to say.
 */
export function verdictLine(opponentName: string, { points }: CurveVerdict): string {
  const stretches: Point[][] = [];
  for (const point of points) {
    const last = stretches.at(-1);
    if (last?.[0]?.outcome === point.outcome) last.push(point);
    else stretches.push([point]);
  }
  const linking = { better: "than", worse: "than", tied: "with", undecided: "against" };
  const n = Math.min(...points.map((point) => point.n));
  const isTold = points.some(isDecided) ? isDecided : () => n >= minimumSeeds;
  let line = "";
  let separator = "";
  for (const stretch of stretches) {
    const outcome = stretch[0]?.outcome ?? "undecided";
    const name = line === "" ? ` ${linking[outcome]} ${shown(opponentName)}` : "";
    const numbers = stretch.every(isTold) ? numbersText(stretch) : "";
    line += `${separator}${outcome}${name} at ${rangeText(stretch)}${numbers}`;
    separator = numbers === "" ? ", " : "; ";
  }
  const few = n < minimumSeeds ? ` (${minimumSeeds} seeds decide)` : "";
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}, n = ${n}${few}`;
}

function rangeText(stretch: Stretch): string {
  const [first, last] = [stretch[0]?.sparsity ?? 0, stretch.at(-1)?.sparsity ?? 0];
  return first === last ? `${sparsityText(first)} %` : `${sparsityText(first)}-${sparsityText(last)} %`;
}

function numbersText(stretch: Stretch): string {
  const differences = stretch.map(({ difference }) => difference);
  const [least, most] = [signedPoints(Math.min(...differences)), signedPoints(Math.max(...differences))];
  const low = percent(Math.min(...stretch.map(({ interval }) => interval.low)));
  const high = percent(Math.max(...stretch.map(({ interval }) => interval.high)));
  const isOne = stretch.length === 1;
  const interval = isOne ? `95 % CI ${low} to ${high}` : `95 % CIs within ${low} to ${high}`;
  return `: ${least === most ? least : `${least} to ${most}`}, ${interval}, ${isOne ? pText(stretch[0]?.p ?? 1) : pRange(stretch)}`;
}

/** The p of several sparsities: the largest where each is decided, else from the smallest to the largest. */
function pRange(stretch: Stretch): string {
  const all = stretch.map(({ p }) => p);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  if (stretch.every(isDecided)) return pText(most).replace("=", "<=");
  const digits = (p: number): string => pText(p).replace(/^p (= )?/, "");
  return `p from ${digits(least)} to ${digits(most)}`;
}
