/** A number keeps to its unit: no line ends between them. */
const NO_BREAK = "\u00a0";
const MINUS = "\u2212";

/** A fraction in percent, or a difference of accuracies in points, with one digit: "84.3", "−1.2". */
export function points(fraction: number): string {
  const value = (100 * fraction).toFixed(1);
  return value === "-0.0" ? "0.0" : value.replace("-", MINUS);
}

/** The same with its sign: "+1.8". */
export function signedPoints(fraction: number): string {
  const value = points(fraction);
  return Number(value) > 0 ? `+${value}` : value;
}

/** A sparsity as it was asked for: "50 %", "87.5 %". */
export function shareText(share: number): string {
  return `${shareNumber(share)}${NO_BREAK}%`;
}

/** Neighbouring sparsities: "50–70 %", or "50 %" where the two are one. */
export function shareRange(first: number, last: number): string {
  return first === last ? shareText(first) : `${shareNumber(first)}–${shareText(last)}`;
}

function shareNumber(share: number): string {
  return String(Number((100 * share).toFixed(2)));
}

/** The digits of a p: "= .012", "< .001". */
function pDigits(p: number): string {
  return p < 0.001 ? `<${NO_BREAK}.001` : `=${NO_BREAK}${p.toFixed(3).replace(/^0/, "")}`;
}

/** A p: "p = .012". */
export function pText(p: number): string {
  return `p${NO_BREAK}${pDigits(p)}`;
}

/** The p of several tests by the largest: "p ≤ .012". */
export function pAtMost(p: number): string {
  return pText(p).replace("=", "≤");
}

/** The p of several tests from the smallest to the largest: "p from .012 to .431". */
export function pRange(least: number, most: number): string {
  const bare = (p: number): string => pDigits(p).replace(`=${NO_BREAK}`, "");
  return `p from ${bare(least)} to ${bare(most)}`;
}

/** A number of seeds: "n = 3". */
export function seedsText(n: number): string {
  return `n${NO_BREAK}=${NO_BREAK}${n}`;
}
