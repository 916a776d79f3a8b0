import { element } from "./svg.ts";

/** A horizontal bar that fills a share (0..1) of its cell. Decoration: the number stands beside it. */
export function drawBar(share: number, colour = ""): string {
  const width = String(Math.max(0, Math.min(1, share)) * 100);
  return element(
    "svg",
    { class: `bar ${colour}`.trim(), viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    element("rect", { class: "ground", x: 0, y: 0, width: "100", height: 8 }),
    element("rect", { class: "filled", x: 0, y: 0, width, height: 8 }),
  );
}
