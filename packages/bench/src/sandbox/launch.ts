import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StudyError } from "../study/error.ts";
import { readableFolders } from "./grants.ts";

const GUEST = fileURLToPath(new URL("./guest.ts", import.meta.url));

/** Ways to give a process no network and no other process to see, best first; the second is for root where user namespaces are off. */
const WALLS = {
  unshare: ["/usr/bin/unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--"],
  "unshare-as-root": ["/usr/bin/unshare", "--net", "--pid", "--fork", "--kill-child", "--"],
  bwrap: ["/usr/bin/bwrap", "--dev-bind", "/", "/", "--unshare-net", "--unshare-pid", "--die-with-parent", "--"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Wall = keyof typeof WALLS;
const NAMES = Object.keys(WALLS) as Wall[];

/** Names one of the walls, or "none": to try each, and to find out on which a difference depends. */
const CHOICE = "TICKETBENCH_WALL";

function works(name: Wall): boolean {
  const [tool, ...words] = WALLS[name];
  if (!existsSync(tool)) return false;
  return spawnSync(tool, [...words, process.execPath, "--version"], { env: {}, stdio: "ignore" }).status === 0;
}

/** The walls that this machine offers, best first. */
export function wallsHere(): Wall[] {
  return NAMES.filter(works);
}

let wall: Wall | null | undefined;

/**
 * What walls a process off from the network on this machine: the first that works, or what TICKETBENCH_WALL names; null
 * where there is none.
 * @throws StudyError where the named one is none, or does not work here: it is never left out without a word
 */
export function networkWall(): Wall | null {
  if (wall === undefined) wall = chosenWall(process.env[CHOICE]);
  return wall;
}

function chosenWall(name: string | undefined): Wall | null {
  if (name === undefined || name === "") return NAMES.find(works) ?? null;
  if (name === "none") return null;
  const named = NAMES.find((each) => each === name);
  if (named === undefined) throw new StudyError(`${CHOICE}=${name}: expected ${NAMES.join(", ")} or none`);
  if (works(named)) return named;
  throw new StudyError(`${CHOICE}=${name}: it does not work here; ${wallsHere().join(", ") || "nothing else"} does`);
}

/** Says so on standard error where a method's code could reach the network. */
export function warnWithoutWall(): void {
  if (networkWall() === null)
    console.error(
      `WARNING: ${process.env[CHOICE] === "none" ? `${CHOICE}=none leaves out the` : NO_WALL} ${CONSEQUENCE}`,
    );
}

const NO_WALL = "neither unshare nor bwrap gives a process here a";
const CONSEQUENCE =
  "network namespace: the method's code runs under Node's permission model alone, which does not keep it off the " +
  "network. Check methods that you do not trust in a container or in CI.";

export interface GuestOptions {
  /** What runs in the process; the guest that loads methods, unless the walls themselves are tried. */
  readonly entry?: string;
  /** The method's own file and its neighbours, to read. */
  readonly files: readonly string[];
  /** Megabytes of JavaScript heap. What lies outside it is watched (memory-watch.ts). */
  readonly heap: number;
  /** Seconds of processor time, after which the kernel ends it whatever this process does. */
  readonly processorSeconds: number;
  /** Another wall than this machine's, or none; for the tests of the walls. */
  readonly wall?: Wall | null;
}

/** Starts a guest: empty environment, nothing to write, to read only the pruning core and the method. */
export function startGuest({ entry = GUEST, files, heap, processorSeconds, wall: own }: GuestOptions): ChildProcess {
  const flags = [
    ...["--permission", "--no-experimental-sqlite", "--disallow-code-generation-from-strings"],
    `--max-old-space-size=${heap}`,
    ...[...readableFolders(), ...files].map((path) => `--allow-fs-read=${path}`),
  ];
  const around = own === undefined ? networkWall() : own;
  const node = [...(around === null ? [] : WALLS[around]), process.execPath, ...flags, entry];
  // The shell sets what Node cannot: no core dumps, and an end that needs nobody to watch. Not the memory (ulimit -d):
  // V8 sizes its heap by that limit, and an engine's shared WebAssembly memory counts with all that it may grow to.
  const limits = 'ulimit -c 0; ulimit -t "$1"; shift; exec "$@"';
  const words = ["-c", limits, "sh", String(processorSeconds), ...node];
  return spawn("/bin/sh", words, { env: {}, cwd: "/", stdio: ["ignore", "pipe", "pipe", "pipe"] });
}
