import fc from "fast-check";
import { expect, test } from "vitest";
import { element, escapeText, text } from "./svg.ts";
import { fitText, textWidth } from "./text-width.ts";

test("no text and no attribute value can open a tag or leave its quotes", () => {
  fc.assert(
    fc.property(fc.string(), (words) => {
      expect(escapeText(words)).not.toMatch(/[<>"']/);
      expect(element("g", { "aria-label": words }).match(/"/g)).toHaveLength(2);
      expect(text(words, {}).match(/</g)).toHaveLength(2);
    }),
  );
});

test("null and false attributes are left out, numbers have one decimal", () => {
  expect(element("line", { x1: 1.26, y1: null, hidden: false, class: "grid" })).toBe('<line x1="1.3" class="grid"/>');
});

test("a fitted text is never wider than its room and says that it was cut", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 3 }), fc.integer({ min: 30, max: 200 }), (words, room) => {
      const fitted = fitText(words, 13, room);
      expect(fitted === words || (fitted.endsWith("…") && textWidth(fitted, 13) <= room)).toBe(true);
    }),
  );
});
