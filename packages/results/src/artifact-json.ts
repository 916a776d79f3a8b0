import { fileError } from "./parse.ts";

const deepest = 32;
/** Names that reach an object's prototype where a program copies keys. */
const forbidden = ["__proto__", "constructor", "prototype"];

/** The end (exclusive) of the string that begins at `from`; the text's end where it is not closed. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/**
 * A stranger's JSON text as a value, refused before it is parsed where it is nested too deeply, names a key twice (two
 * readers would see two documents) or names a prototype.
 *
 * @throws ResultError naming the file
 */
export function strictJson(text: string, file: string): unknown {
  const refuse = (message: string) => fileError(file, [{ field: "", message }]);
  /** Keys seen in each open object; null for an array. */
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") {
      open.push(character === "{" ? new Set() : null);
      if (open.length > deepest) throw refuse(`nested more than ${deepest} levels deep`);
    } else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys && /^[ \t\r\n]*:/.test(text.slice(end, end + 64))) {
        const key = String(parsed(text.slice(at, end), refuse));
        if (keys.has(key)) throw refuse(`the key ${JSON.stringify(key)} is there twice in one object`);
        if (forbidden.includes(key)) throw refuse(`the key ${JSON.stringify(key)} is not accepted`);
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return parsed(text, refuse);
}

function parsed(text: string, refuse: (message: string) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refuse(`not JSON: ${(cause as SyntaxError).message}`);
  }
}
