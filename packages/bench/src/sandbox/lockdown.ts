/**
 * What closes behind a guest's own code before a method is loaded: it meets frozen built-ins, no `process`, no network
 * functions, and imports of this house's mathematics alone. A tripwire that teaches; the walls are outside (launch.ts).
 */
import { isObject, freezeDeeply } from "./freeze.ts";

/** What reaches the network, and what Node makes from the same code when it is first read. */
const NETWORK = [
  ...["fetch", "Request", "Response", "Headers", "FormData"],
  ...["WebSocket", "EventSource", "CloseEvent", "MessageEvent", "XMLHttpRequest"],
];
/** Where Node keeps what `fetch` sends its requests through, for every version of it that may be loaded. */
const DISPATCHERS = ["undici.globalDispatcher.1", "undici.globalDispatcher.2"];
/** Load the same code. */
const STREAMED = ["compileStreaming", "instantiateStreaming"];
const SPOKEN = ["log", "info", "warn", "error", "debug", "trace"] as const;

/** Takes away what reaches outside, and freezes what the house's own code relies on. */
export function lockGlobals(houseModules: readonly object[]): void {
  closeNetwork();
  const { hrtime, versions } = process;
  const harmless = {
    env: Object.freeze({}),
    versions,
    hrtime: (before?: [number, number]) => hrtime(before),
  };
  fix("process", Object.freeze(harmless));
  // The console's own streams are sockets, whose class opens others.
  const { log } = console;
  fix(
    "console",
    Object.freeze(Object.fromEntries(SPOKEN.map((name) => [name, (...words: unknown[]) => log(...words)]))),
  );
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

function closeNetwork(): void {
  for (const name of NETWORK) Reflect.deleteProperty(globalThis, name);
  for (const name of STREAMED) Reflect.deleteProperty(WebAssembly, name);
  for (const name of DISPATCHERS)
    Object.defineProperty(globalThis, Symbol.for(name), { value: Object.freeze({}), writable: false });
}

function fix(name: string, value: object): void {
  Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
}
