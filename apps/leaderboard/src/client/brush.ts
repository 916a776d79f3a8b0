type Range = readonly [from: number, to: number];

/** The value at a place of a chart's x axis, from the numbers the chart was drawn with. */
function valueAt(chart: SVGSVGElement, left: number): number {
  const [low = 0, high = 1] = (chart.dataset["domain"] ?? "").split(" ").map(Number);
  const [start = 0, end = 1] = (chart.dataset["plot"] ?? "").split(" ").map(Number);
  const share = Math.min(1, Math.max(0, (left - start) / (end - start)));
  return Number((low + share * (high - low)).toPrecision(4));
}

/** A place of the pointer in the chart's own pixels. */
function placeIn(chart: SVGSVGElement, event: PointerEvent): number {
  const box = chart.getBoundingClientRect();
  return ((event.clientX - box.left) * chart.viewBox.baseVal.width) / box.width;
}

function drawBrush(chart: SVGSVGElement, from: number, to: number): SVGRectElement {
  const brush =
    chart.querySelector<SVGRectElement>(".brush") ?? document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const [start = 0, end = 0, top = 0, bottom = 0] = (chart.dataset["plot"] ?? "").split(" ").map(Number);
  const [left, right] = [from, to].sort((a, b) => a - b).map((place) => Math.min(end, Math.max(start, place)));
  brush.setAttribute("class", "brush");
  const size = { x: left ?? 0, y: top, width: (right ?? 0) - (left ?? 0), height: bottom - top };
  for (const [name, value] of Object.entries(size)) brush.setAttribute(name, String(value));
  if (!brush.isConnected) chart.append(brush);
  return brush;
}

/** Shorter than this is a click. */
const LEAST = 8;

/**
 * Lets a reader drag over the chart to look at a part of its axis; on a focused point "[" begins the part there and "]"
 * ends it. Fingers scroll the page instead.
 */
export function watchBrush(figure: HTMLElement, range: () => Range | null, choose: (range: Range) => void): void {
  figure.addEventListener("pointerdown", (down) => {
    const target = down.target instanceof Element ? down.target : null;
    const chart = target?.closest<SVGSVGElement>("svg.chart");
    if (!chart || target?.closest(".point") || down.pointerType === "touch" || down.button !== 0) return;
    down.preventDefault();
    const from = placeIn(chart, down);
    const stop = new AbortController();
    const { signal } = stop;
    addEventListener("pointermove", (move) => drawBrush(chart, from, placeIn(chart, move)), { signal });
    addEventListener(
      "pointerup",
      (up) => {
        stop.abort();
        chart.querySelector(".brush")?.remove();
        const to = placeIn(chart, up);
        const [low = 0, high = 0] = [valueAt(chart, from), valueAt(chart, to)].sort((a, b) => a - b);
        if (Math.abs(to - from) >= LEAST && low < high) choose([low, high]);
      },
      { signal },
    );
  });
  figure.addEventListener("keydown", (event) => {
    const point = event.target instanceof Element ? event.target.closest<SVGElement>(".point") : null;
    const chart = point?.closest<SVGSVGElement>("svg.chart");
    if (!point || !chart || (event.key !== "[" && event.key !== "]")) return;
    const [low = 0, high = 1] = range() ?? (chart.dataset["domain"] ?? "").split(" ").map(Number);
    const place = Number(point.dataset["x"]);
    const [from, to] = event.key === "[" ? [place, high] : [low, place];
    if (from < to) choose([from, to]);
  });
}
