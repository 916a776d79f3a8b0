import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { EngineError } from "@ticketbench/backend";
import { run } from "./run.ts";

/** A package file on PyPI, pinned by its checksum. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** Where the members of a wheel whose name starts so go: the rest of the name is appended to the place. */
export type Placement = readonly [prefix: string, place: string];

const PLATFORMS = ["manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux2010_x86_64"];

/** The file of a wheel in a folder, if it was downloaded. */
function findWheel({ name, version }: Wheel, folder: string): string | null {
  const prefix = `${name.replaceAll("-", "_")}-${version}-`;
  const file = existsSync(folder) ? readdirSync(folder).find((entry) => entry.startsWith(prefix)) : undefined;
  return file === undefined ? null : join(folder, file);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/** Fails early when Python or its pip is missing. */
export function requirePip(): void {
  run("python3", ["-m", "pip", "--version"], {
    quiet: true,
    missing: "python3 with pip is needed to fetch TensorFlow (Debian and Ubuntu: apt-get install python3-pip)",
  });
}

/**
 * The wheel in that folder, downloaded through pip unless it is there already.
 * @throws EngineError when pip fails or the file is not the pinned one, which is then deleted
 */
export async function fetchWheel(wheel: Wheel, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  if (findWheel(wheel, folder) === null) {
    const anyPython = ["--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp"];
    const platforms = PLATFORMS.flatMap((platform) => ["--platform", platform]);
    const quiet = ["--no-deps", "--no-cache-dir", "--disable-pip-version-check"];
    const what = `${wheel.name}==${wheel.version}`;
    run("python3", ["-m", "pip", "download", ...quiet, ...anyPython, ...platforms, "-d", folder, what], {
      failed: `pip could not download ${what}: see its message above`,
    });
  }
  const file = findWheel(wheel, folder);
  if (file === null) throw new EngineError(`pip left no file of ${wheel.name} ${wheel.version} in ${folder}`);
  const found = await sha256(file);
  if (found !== wheel.sha256) {
    rmSync(file);
    throw new EngineError(
      `${file}: sha256 is ${found}, expected ${wheel.sha256}. The file was deleted and nothing of it was used; ` +
        "a broken download is cured by running this again",
    );
  }
  return file;
}

/** Python has the zip reader that Node lacks. Arguments: wheel, target folder, placements as JSON. */
const UNPACK = `
import json, os, shutil, sys, zipfile
wheel, target, placements = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        for prefix, place in placements:
            if member.is_dir() or not member.filename.startswith(prefix):
                continue
            path = target + "/" + place + member.filename[len(prefix):]
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(member) as source, open(path, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
            os.chmod(path, (member.external_attr >> 16) & 0o777 or 0o644)
`;

/** Unpacks the placed members of a wheel into a folder. */
export function unpackWheel(file: string, target: string, placements: readonly Placement[]): void {
  run("python3", ["-c", UNPACK, file, target, JSON.stringify(placements)], { failed: `${file} could not be unpacked` });
}
