import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readableFolders } from "./grants.ts";

const GUEST = fileURLToPath(new URL("./guest.ts", import.meta.url));

/** Ways to give a process no network and no other process to see, best first; the second is for root where user namespaces are off. */
const WALLS: readonly (readonly string[])[] = [
  ["/usr/bin/unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--"],
  ["/usr/bin/unshare", "--net", "--pid", "--fork", "--kill-child", "--"],
  ["/usr/bin/bwrap", "--dev-bind", "/", "/", "--unshare-net", "--unshare-pid", "--die-with-parent", "--"],
];

let wall: readonly string[] | null | undefined;

/** The command that walls a process off from the network on this machine; null where none works. */
export function networkWall(): readonly string[] | null {
  wall ??= WALLS.find(([tool = "", ...words]) => {
    if (!existsSync(tool)) return false;
    return spawnSync(tool, [...words, process.execPath, "--version"], { env: {}, stdio: "ignore" }).status === 0;
  });
  return (wall ??= null);
}

/** Says so on standard error where a method's code could reach the network. */
export function warnWithoutWall(): void {
  if (networkWall() === null) console.error(NO_WALL);
}

const NO_WALL =
  "WARNING: this machine offers no network namespace (unshare, bwrap): the method's code runs under Node's permission " +
  "model alone, which does not keep it off the network. Check methods that you do not trust in a container or in CI.";

export interface GuestOptions {
  /** What runs in the process; the guest that loads methods, unless the walls themselves are tried. */
  readonly entry?: string;
  /** The method's own file and its neighbours, to read. */
  readonly files: readonly string[];
  /** Megabytes of JavaScript heap. What lies outside it is watched (memory-watch.ts). */
  readonly heap: number;
  /** Seconds of processor time, after which the kernel ends it whatever this process does. */
  readonly processorSeconds: number;
}

/** Starts a guest: empty environment, nothing to write, to read only the pruning core and the method. */
export function startGuest({ entry = GUEST, files, heap, processorSeconds }: GuestOptions): ChildProcess {
  const flags = [
    ...["--permission", "--no-experimental-sqlite", "--disallow-code-generation-from-strings"],
    `--max-old-space-size=${heap}`,
    ...[...readableFolders(), ...files].map((path) => `--allow-fs-read=${path}`),
  ];
  const node = [...(networkWall() ?? []), process.execPath, ...flags, entry];
  // The shell sets what Node cannot: no core dumps, and an end that needs nobody to watch. Not the memory (ulimit -d):
  // V8 sizes its heap by that limit, and an engine's shared WebAssembly memory counts with all that it may grow to.
  const limits = 'ulimit -c 0; ulimit -t "$1"; shift; exec "$@"';
  const words = ["-c", limits, "sh", String(processorSeconds), ...node];
  return spawn("/bin/sh", words, { env: {}, cwd: "/", stdio: ["ignore", "pipe", "pipe", "pipe"] });
}
