import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from "d3";
import type { SymbolType } from "d3";
import { px } from "./svg.ts";

/** Seven shapes and eight colours have no common factor: 56 methods look different before a pair comes again. */
const SHAPES: readonly SymbolType[] = [
  symbolCircle,
  symbolTriangle,
  symbolSquare,
  symbolDiamond,
  symbolStar,
  symbolCross,
  symbolWye,
];
const COLOURS = 8;

/** The class that gives an element the colour of the method with this number (see styles/tokens.css). */
export function colourClass(number: number): string {
  return `series-${number % COLOURS}`;
}

/** Path of a method's marker around the origin; `area` in square pixels. */
export function markerPath(number: number, area: number): string {
  const shape = SHAPES[number % SHAPES.length] ?? symbolCircle;
  return symbol(shape, area).digits(2)() ?? "";
}

/** `transform` that moves a marker to a place. */
export function at(x: number, y: number): string {
  return `translate(${px(x)} ${px(y)})`;
}
