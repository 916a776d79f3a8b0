import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { methodSources } from "@ticketbench/prune/node";

const SANDBOX = dirname(fileURLToPath(import.meta.url));
const REPOSITORY = join(SANDBOX, "../../../..");
const MODULES = join(REPOSITORY, "node_modules");

/** What a method may build on. Data sets, results and the bench, which hold evaluation answers, are not among it. */
const ROOMS = ["backend", "model", "prune"];

/** A method's file and its neighbours that it imports: those beside it or below. What lies elsewhere it cannot read. */
export async function methodFiles(file: string): Promise<readonly string[]> {
  const beside = `${dirname(file)}/`;
  const sources = await methodSources(file).catch(() => new Map([[file, ""]]));
  return [...sources.keys()].filter((path) => path.startsWith(beside));
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

let folders: readonly string[] | null = null;

/**
 * Every folder that a guest may read: this one, the rooms above, and the packages that those need. Named one by one: an
 * allowed folder opens whatever its links lead to, and node_modules has links to every room.
 */
export function readableFolders(): readonly string[] {
  folders ??= [...new Set([SANDBOX, join(SANDBOX, "../../package.json"), ...roomFolders(), ...packageFolders()])];
  return folders;
}

function roomFolders(): string[] {
  return ROOMS.flatMap((room) => [join(REPOSITORY, "packages", room), join(MODULES, "@ticketbench", room)]);
}

/** The installed packages that the rooms depend on, directly or not. */
function packageFolders(): string[] {
  const found = new Map<string, string>();
  const visit = (manifest: Manifest): void => {
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      if (found.has(name) || name.startsWith("@ticketbench/")) continue;
      const folder = join(MODULES, name);
      const installed = readManifest(folder);
      if (installed === null) continue;
      found.set(name, folder);
      visit(installed);
    }
  };
  for (const room of ROOMS) visit(readManifest(join(REPOSITORY, "packages", room)) ?? {});
  return [...found.values()].flatMap((folder) => {
    const real = realpathSync(folder);
    // A linked package is read as the link itself, which Node 24 refuses by its exact name when "tfjs-core" is allowed
    // beside "tfjs"; by the beginning of its name it is found.
    return real === folder ? [folder] : [`${folder}*`, real];
  });
}

function readManifest(folder: string): Manifest | null {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
