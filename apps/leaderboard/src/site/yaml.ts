type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const PLAIN = /^[A-Za-z_][A-Za-z0-9_ ./-]*$/;
const WORDS_WITH_MEANING = /^(true|false|null|yes|no|on|off|y|n)$/i;

function scalar(value: null | boolean | number | string): string {
  if (typeof value !== "string") return String(value);
  return PLAIN.test(value) && !WORDS_WITH_MEANING.test(value) && value === value.trim() ? value : JSON.stringify(value);
}

function isScalar(value: Json): value is null | boolean | number | string {
  return value === null || typeof value !== "object";
}

function flow(items: readonly Json[]): string | null {
  if (!items.every(isScalar)) return null;
  const line = `[${items.map(scalar).join(", ")}]`;
  return line.length <= 90 ? line : null;
}

function lines(value: Json, indent: string): string[] {
  if (isScalar(value)) return [indent + scalar(value)];
  if (Array.isArray(value)) {
    return (value as readonly Json[]).flatMap((item) => {
      const [first = "", ...rest] = lines(item, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  return Object.entries(value as { readonly [key: string]: Json }).flatMap(([key, item]) => {
    const name = `${indent}${scalar(key)}:`;
    if (isScalar(item)) return [`${name} ${scalar(item)}`];
    if (Array.isArray(item)) {
      const short = flow(item as readonly Json[]);
      return short === null ? [name, ...lines(item, `${indent}  `)] : [`${name} ${short}`];
    }
    const inner = lines(item, `${indent}  `);
    return inner.length === 0 ? [`${name} {}`] : [name, ...inner];
  });
}

/** Plain JSON data as YAML that reads like a hand-written study. */
export function toYaml(value: Json): string {
  return `${lines(value, "").join("\n")}\n`;
}
