import { element } from "../charts/svg.ts";
import { keyOf, titleOf } from "./board-table.ts";
import type { View } from "./view.ts";

/** One switch a method, which is the chart's key at once. */
export function drawChips(view: View): string {
  const shown = new Set(view.methods.map((method) => method.id));
  return view.available
    .map((method) => {
      const box = element("input", {
        type: "checkbox",
        name: "methods",
        value: method.id,
        checked: shown.has(method.id) ? "" : null,
      });
      return element("label", {}, box, keyOf(method.style), titleOf(method));
    })
    .join("");
}
