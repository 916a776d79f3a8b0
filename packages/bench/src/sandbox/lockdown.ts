/**
 * What closes behind a guest's own code before a method is loaded: it meets frozen built-ins, no `process`, no network
 * functions, and imports of this house's mathematics alone. A tripwire that teaches; the walls are outside (launch.ts).
 */
import { registerHooks } from "node:module";

/** What a method may import by name; everything else is its own file's neighbours. */
const SHARED = /^(zod|@ticketbench\/(prune|model|backend))$/;

const NETWORK = ["fetch", "WebSocket", "EventSource", "Request", "Response", "XMLHttpRequest"];

/** Refuses imports by code that is not the house's, and tells each refusal even if the method swallows the error. */
export function guardImports(isMethodCode: (url: string) => boolean, refused: (what: string) => void): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      if (isMethodCode(context.parentURL ?? "") && !SHARED.test(specifier) && !/^\.{1,2}\//.test(specifier)) {
        const what = `imports ${specifier.slice(0, 200)}`;
        refused(what);
        throw new Error(`${what}: a method works on what its context holds and may not reach for anything else`);
      }
      return next(specifier, context);
    },
  });
}

/** Takes away what reaches outside, and freezes what the house's own code relies on. */
export function lockGlobals(houseModules: readonly object[]): void {
  for (const name of NETWORK) Reflect.deleteProperty(globalThis, name);
  const { hrtime, versions } = process;
  const harmless = Object.freeze({
    env: Object.freeze({}),
    versions,
    hrtime: (before?: [number, number]) => hrtime(before),
  });
  Object.defineProperty(globalThis, "process", { value: harmless, writable: false, configurable: false });
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(globalThis))) {
    // The language's own are plain values; Node's are made when first read, and nothing here relies on them.
    if (!/^[A-Z]/.test(name) || !isObject(value)) continue;
    freezeDeeply(value);
    Object.defineProperty(globalThis, name, { writable: false, configurable: false });
  }
  const float32 = Object.getPrototypeOf(Float32Array) as object;
  freezeDeeply(float32);
  for (const module of houseModules)
    for (const exported of Object.values(module)) if (typeof exported === "function") freezeDeeply(exported as object);
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** An object, and the prototype that it gives to others. The conformance kit itself counts calls of Math.random. */
function freezeDeeply(object: object): void {
  const kept = object === Math ? ["random"] : [];
  freeze(object, kept);
  const prototype: unknown = (object as { prototype?: unknown }).prototype;
  if (isObject(prototype)) freeze(prototype, []);
}

/**
 * Frozen, except that an object which inherits from it may still have a property of the same name: assigning `name` to an
 * error must not throw because Error.prototype.name is frozen.
 */
function freeze(object: object, kept: readonly string[]): void {
  for (const key of Reflect.ownKeys(object)) {
    const found = Reflect.getOwnPropertyDescriptor(object, key);
    if (found?.configurable !== true || kept.includes(String(key)) || !("value" in found)) continue;
    const { value, enumerable = false } = found as { value: unknown; enumerable?: boolean };
    Object.defineProperty(object, key, {
      ...{ configurable: false, enumerable },
      get: () => value,
      set(this: object, replacement: unknown) {
        if (this === object) throw new TypeError(`a method may not change ${String(key)} of a built-in object`);
        Object.defineProperty(this, key, { value: replacement, writable: true, enumerable: true, configurable: true });
      },
    });
  }
  if (kept.length === 0) Object.preventExtensions(object);
}
