import { readFileSync, statSync } from "node:fs";
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import { StudyError } from "./error.ts";

const LARGEST_FILE = 1 << 20;
const DEEPEST = 20;
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** A YAML text as plain values, which can say where each of them stands. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /** `file:line:column` of the deepest part of `path` that is in this text, and how many of its keys were found. */
  locate(path: readonly PropertyKey[], inKey: boolean): { place: string; depth: number };
}

/** Read one YAML file without tags, with limits on size and depth; throws StudyError with the place of any fault. */
export function readYaml(file: string): YamlSource {
  return parseYaml(readText(file), file);
}

export function parseYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: "core", uniqueKeys: true, logLevel: "silent" });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const fault = document.errors[0];
  if (fault !== undefined) {
    throw new StudyError(
      `${at(fault.pos[0])} not valid YAML: ${fault.message.split("\n")[0]?.replace(/ at line.*/, "")}`,
    );
  }
  refuseSurprises(document.contents, (node, text) => new StudyError(`${at(node.range?.[0] ?? 0)} ${text}`));
  return {
    file,
    value: plainValue(document, file),
    locate(path, inKey) {
      const { node, depth } = descend(document.contents, path, inKey);
      return { place: at(node?.range?.[0] ?? 0), depth };
    },
  };
}

/** Aliases are resolved here, and only here found to lead nowhere or to multiply without end. */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw new StudyError(`${file}: not valid YAML: ${(error as Error).message}`);
  }
}

function readText(file: string): string {
  try {
    if (statSync(file).size > LARGEST_FILE) throw new StudyError(`${file}: larger than 1 MB, which no study is`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof StudyError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT" ? "no such file" : code === "EISDIR" ? "a folder, not a file" : `cannot be read (${code})`;
    throw new StudyError(`${file}: ${why}`);
  }
}

/** Tags, keys that are not plain words and keys that reach into JavaScript's prototypes have no place in a study. */
function refuseSurprises(root: Node | null, refuse: (node: Node, text: string) => StudyError): void {
  if (root === null) return;
  visit(root, (key, node, ancestors) => {
    if (!isNode(node)) return;
    if (ancestors.length > 2 * DEEPEST) throw refuse(node, `nested deeper than ${DEEPEST} levels`);
    if (!isAlias(node) && node.tag !== undefined) throw refuse(node, `YAML tags are not allowed: ${node.tag}`);
    if (key !== "key") return;
    if (!isScalar(node)) throw refuse(node, "a key must be a plain word");
    if (FORBIDDEN_KEYS.has(String(node.value))) throw refuse(node, `the key "${String(node.value)}" is not allowed`);
  });
}

function descend(
  root: Node | null,
  path: readonly PropertyKey[],
  inKey: boolean,
): { node: Node | null; depth: number } {
  let node = root;
  for (const [depth, key] of path.entries()) {
    const isLast = depth === path.length - 1;
    const next = isMap(node) ? pairNode(node, key, isLast && inKey) : isCollection(node) ? node.get(key, true) : null;
    if (!isNode(next)) return { node, depth };
    node = next;
  }
  return { node, depth: path.length };
}

function pairNode(map: Node, key: PropertyKey, wantsKey: boolean): unknown {
  if (!isMap(map)) return null;
  const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
  return wantsKey ? pair?.key : pair?.value;
}
