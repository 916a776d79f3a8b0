/** Where the tooltip stands: over the point, kept inside the figure. */
function placeTip(tip: HTMLElement, point: Element, figure: HTMLElement): void {
  const box = (point.querySelector(".marker") ?? point).getBoundingClientRect();
  const home = figure.getBoundingClientRect();
  const middle = box.left + box.width / 2 - home.left;
  const left = Math.min(Math.max(8, middle - tip.offsetWidth / 2), home.width - tip.offsetWidth - 8);
  const above = box.top - home.top - tip.offsetHeight - 10;
  tip.style.left = `${String(left)}px`;
  tip.style.top = `${String(above < 0 ? box.bottom - home.top + 10 : above)}px`;
}

/** The point an arrow key leads to: along its own curve, or to the nearest curve above or below. */
function neighbour(points: readonly SVGElement[], from: SVGElement, key: string): SVGElement | undefined {
  const own = points.filter((point) => point.dataset["curve"] === from.dataset["curve"]);
  const index = own.indexOf(from);
  if (key === "ArrowRight") return own[index + 1];
  if (key === "ArrowLeft") return own[index - 1];
  if (key === "Home") return own[0];
  if (key === "End") return own.at(-1);
  const here = from.getBoundingClientRect();
  const sign = key === "ArrowUp" ? -1 : 1;
  const beyond = points
    .filter((point) => point.dataset["curve"] !== from.dataset["curve"])
    .map((point) => ({ point, box: point.getBoundingClientRect() }))
    .filter(({ box }) => sign * (box.y - here.y) > 0 && Math.abs(box.x - here.x) < 24)
    .sort((a, b) => sign * (a.box.y - b.box.y));
  return beyond[0]?.point;
}

const KEYS = ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"];

/** The chart as one stop of the Tab key: the arrow keys go from point to point, as a reader would point. */
export function makeRoving(figure: HTMLElement): void {
  const points = [...figure.querySelectorAll<SVGElement>(".point")];
  points.forEach((point, index) => {
    point.setAttribute("tabindex", index === 0 ? "0" : "-1");
  });
}

/** Tooltips on hover and focus, and arrow keys between points. Call once a figure; drawings may come and go inside it. */
export function watchPoints(figure: HTMLElement, tip: HTMLElement): void {
  const show = (event: Event): void => {
    const point = event.target instanceof Element ? event.target.closest(".point") : null;
    tip.hidden = point === null;
    if (!point) return;
    tip.textContent = point.getAttribute("aria-label");
    placeTip(tip, point, figure);
  };
  const hide = (): void => {
    tip.hidden = true;
  };
  figure.addEventListener("pointerover", show);
  figure.addEventListener("focusin", show);
  figure.addEventListener("pointerleave", hide);
  figure.addEventListener("focusout", hide);
  figure.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const point = event.target instanceof Element ? event.target.closest<SVGElement>(".point") : null;
    if (!point || !KEYS.includes(event.key)) return;
    const points = [...figure.querySelectorAll<SVGElement>(".point")].filter((p) => p.getClientRects().length > 0);
    const to = neighbour(points, point, event.key);
    event.preventDefault();
    if (!to) return;
    point.setAttribute("tabindex", "-1");
    to.setAttribute("tabindex", "0");
    to.focus();
  });
}
