type Attribute = string | number | null | undefined | false;

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text made safe for element content and attribute values: titles of methods are written by strangers. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** Pixels with one decimal: finer positions only make the page heavier. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** One SVG element as markup. Attribute values are escaped; children are markup already; null and false attributes are left out. */
export function element(name: string, attributes: Record<string, Attribute>, ...children: string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined && value !== false)
    .map(([key, value]) => ` ${key}="${escapeText(typeof value === "number" ? px(value) : String(value))}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** A text element; the words are escaped. */
export function text(words: string, attributes: Record<string, Attribute>): string {
  return element("text", attributes, escapeText(words));
}
