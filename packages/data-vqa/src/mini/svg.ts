import { CANVAS, type Scene, type SceneObject } from "./scene.ts";

const FILLS: Readonly<Record<string, string>> = {
  ...{ red: "#d62839", blue: "#2a6fdb", green: "#3a9d4b", yellow: "#f4c430" },
  ...{ white: "#fafafa", black: "#2b2b2b", orange: "#f28c28", purple: "#8e44ad" },
};
/** Sky or wall, and ground or floor. */
const BACKGROUNDS: Readonly<Record<string, readonly [string, string]>> = {
  beach: ["#bfe3f5", "#f0dfa8"],
  park: ["#cfeaf7", "#a9d18e"],
  street: ["#dfe4ea", "#9aa0a6"],
  kitchen: ["#f6ead7", "#cbb79c"],
};

/** Each kind in two to six primitives on a 100 x 100 grid; `F` is the fill of what has the object's colour. */
const SHAPES: Readonly<Record<string, string>> = {
  dog: `<ellipse cx="50" cy="60" rx="34" ry="20" F/><circle cx="80" cy="38" r="17" F/><path d="M70 24l-8 22h10z" F/><path d="M24 70v26h10v-20zM66 74v22h10v-26z" F/>`,
  cat: `<ellipse cx="46" cy="64" rx="30" ry="20" F/><circle cx="74" cy="40" r="18" F/><path d="M60 30l2-20 12 12zM76 22l12-12 2 20z" F/><path d="M18 62q-16-20-4-42" fill="none" stroke="#333" stroke-width="5"/>`,
  horse: `<ellipse cx="46" cy="52" rx="34" ry="17" F/><path d="M70 50l10-38 14 12-6 12-6 20z" F/><path d="M18 60v36h8v-32zM64 62v34h8v-36z" F/><path d="M12 46l-8 30" stroke="#333" stroke-width="5"/>`,
  bird: `<ellipse cx="48" cy="56" rx="30" ry="22" F/><circle cx="76" cy="34" r="14" F/><path d="M88 32l12 4-12 5z" fill="#e0a030"/><path d="M30 52l-28-8 12 24z" F/>`,
  car: `<path d="M4 70v-18l18-4 14-22h34l16 22 10 4v18z" F/><circle cx="26" cy="72" r="12" fill="#333"/><circle cx="74" cy="72" r="12" fill="#333"/><path d="M36 46l8-14h12v14z" fill="#e8f4fb"/>`,
  boat: `<path d="M4 62h92l-16 28h-60z" F/><path d="M48 4v54" stroke="#333" stroke-width="4"/><path d="M52 8l34 46h-34z" F/>`,
  bus: `<rect x="4" y="20" width="92" height="56" rx="8" F/><path d="M12 30h20v18h-20zM40 30h20v18h-20zM68 30h20v18h-20z" fill="#e8f4fb"/><circle cx="26" cy="78" r="11" fill="#333"/><circle cx="74" cy="78" r="11" fill="#333"/>`,
  train: `<path d="M6 24h30v-14h16v14h42v48h-88z" F/><rect x="14" y="32" width="20" height="16" fill="#e8f4fb"/><circle cx="22" cy="78" r="10" fill="#333"/><circle cx="50" cy="78" r="10" fill="#333"/><circle cx="78" cy="78" r="10" fill="#333"/>`,
  apple: `<circle cx="36" cy="58" r="30" F/><circle cx="64" cy="58" r="30" F/><path d="M50 30q0-16 8-24" fill="none" stroke="#5b3a1e" stroke-width="5"/><ellipse cx="68" cy="16" rx="12" ry="6" fill="#4c8c3a"/>`,
  pizza: `<path d="M8 20q42-26 84 0l-42 76z" F/><path d="M8 20q42-26 84 0" fill="none" stroke="#a5682a" stroke-width="9"/><circle cx="42" cy="34" r="6" fill="#7a1f1f"/><circle cx="60" cy="46" r="6" fill="#7a1f1f"/>`,
  cake: `<rect x="10" y="44" width="80" height="44" rx="5" F/><path d="M10 52q10 14 20 0t20 0 20 0 20 0v-10h-80z" fill="#fff4e0"/><path d="M50 20v24" stroke="#d98" stroke-width="6"/><circle cx="50" cy="14" r="5" fill="#f4a020"/>`,
  banana: `<path d="M10 20q6 60 80 60l4-12q-60-4-70-52z" F/><path d="M10 20l12-6" stroke="#5b3a1e" stroke-width="6"/>`,
  chair: `<rect x="20" y="4" width="12" height="92" F/><rect x="20" y="50" width="62" height="12" F/><rect x="70" y="60" width="12" height="36" F/><rect x="28" y="8" width="44" height="34" rx="4" F/>`,
  cup: `<path d="M14 20h56l-8 66h-40z" F/><path d="M68 32q24-2 20 18t-24 16" fill="none" stroke="#555" stroke-width="7"/><ellipse cx="42" cy="20" rx="28" ry="7" fill="#5b3a1e"/>`,
  clock: `<circle cx="50" cy="50" r="44" F/><circle cx="50" cy="50" r="33" fill="#fff"/><path d="M50 26v24l16 12" fill="none" stroke="#222" stroke-width="5"/>`,
  umbrella: `<path d="M4 50q46-84 92 0z" F/><path d="M50 46v40q0 10-12 8" fill="none" stroke="#444" stroke-width="5"/>`,
};

/**
 * A scene as a self-contained SVG of 640 x 480, with the boxes of its objects drawn on top where asked for. Colours and
 * patterns are those the questions speak of.
 */
export function sceneSvg(scene: Scene, { boxes = false } = {}): string {
  const { width, height } = CANVAS;
  const [back, ground] = BACKGROUNDS[scene.place] ?? ["#eee", "#ccc"];
  const patterns = new Map<string, string>();
  const drawn = scene.objects.map((object) => drawObject(object, patterns));
  const outlines = boxes ? scene.objects.map(drawBox) : [];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${title(scene)}</title>`,
    `<defs>${[...patterns.values()].join("")}</defs>`,
    `<rect width="${width}" height="${height}" fill="${back}"/>`,
    `<rect y="${height * 0.6}" width="${width}" height="${height * 0.4}" fill="${ground}"/>`,
    ...drawn,
    ...outlines,
    "</svg>\n",
  ].join("\n");
}

function drawObject({ kind, color, pattern, box }: SceneObject, patterns: Map<string, string>): string {
  const fill = FILLS[color] ?? "#888";
  const paint = pattern === "plain" ? fill : patternFill(color, pattern, fill, patterns);
  const [x1, y1, x2, y2] = box;
  const scale = `scale(${(x2 - x1) / 100} ${(y2 - y1) / 100})`;
  const shape = (SHAPES[kind] ?? "").replaceAll(" F/>", ` fill="${paint}" stroke="#333" stroke-width="2"/>`);
  return `<g transform="translate(${x1} ${y1}) ${scale}">${shape}</g>`;
}

function patternFill(color: string, pattern: string, fill: string, patterns: Map<string, string>): string {
  const id = `${pattern}-${color}`;
  const mark = color === "white" || color === "yellow" ? "#777" : "#fff";
  const marks =
    pattern === "striped"
      ? `<rect width="7" height="16" fill="${mark}" opacity=".75"/>`
      : `<circle cx="8" cy="8" r="4" fill="${mark}" opacity=".85"/>`;
  const tile = `<rect width="16" height="16" fill="${fill}"/>${marks}`;
  patterns.set(id, `<pattern id="${id}" width="16" height="16" patternUnits="userSpaceOnUse">${tile}</pattern>`);
  return `url(#${id})`;
}

function drawBox({ kind, color, box: [x1, y1, x2, y2] }: SceneObject): string {
  const label = `<text x="${x1 + 4}" y="${y1 + 16}" font-family="sans-serif" font-size="14">${color} ${kind}</text>`;
  const frame = `<rect x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" fill="none" stroke="#111" stroke-dasharray="6 4"/>`;
  return frame + label;
}

function title({ place, objects }: Scene): string {
  return `${place}: ${objects.map(({ color, pattern, kind }) => `${color} ${pattern} ${kind}`).join(", ")}`;
}
