import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "./atomic-file.ts";

/** An artifact that is not in the store, or no longer what its name says. */
export class ArtifactError extends Error {
  override readonly name = "ArtifactError";
}

export interface StoredObject {
  readonly hash: string;
  readonly bytes: number;
  /** Milliseconds since 1970 at which it was last written or read. */
  readonly usedAt: number;
}

/**
 * Large files by the hash of their content: `objects/ab/abcd...`, and names for them: `refs/<cell id>/<name>` holds a
 * hash. Any number of processes may use one store: files appear whole, and two writers of one hash write the same.
 */
export class ArtifactStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Keep bytes; returns their SHA-256, hex. */
  async put(bytes: Uint8Array): Promise<string> {
    const hash = sha256(bytes);
    const size = await stat(this.#objectFile(hash)).then(
      (found) => found.size,
      () => -1,
    );
    if (size !== bytes.length) await writeAtomic(this.#objectFile(hash), bytes);
    return hash;
  }

  /** The bytes with this hash; throws ArtifactError where they are missing or damaged (a damaged file is removed). */
  async get(hash: string): Promise<Uint8Array> {
    const file = this.#objectFile(hash);
    const bytes = await readFile(file).catch(() => null);
    if (bytes === null) throw new ArtifactError(`artifact ${hash} is not in ${this.folder}`);
    if (sha256(bytes) !== hash) {
      await rm(file, { force: true });
      throw new ArtifactError(`artifact ${hash} was damaged and has been removed from ${this.folder}`);
    }
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    return bytes;
  }

  /** Let `name` of a cell stand for a hash. */
  async link(cell: string, name: string, hash: string): Promise<void> {
    await writeAtomic(join(this.folder, "refs", cell, name), `${hash}\n`);
  }

  /** The names of a cell's artifacts and their hashes. */
  async links(cell: string): Promise<Map<string, string>> {
    const folder = join(this.folder, "refs", cell);
    const names = await readdir(folder).catch(() => [] as string[]);
    const links = new Map<string, string>();
    for (const name of names.filter((each) => !each.endsWith(".tmp")).sort()) {
      links.set(name, (await readFile(join(folder, name), "utf8")).trim());
    }
    return links;
  }

  /** Whether a cell has artifacts and every one of them is whole. */
  async holds(cell: string): Promise<boolean> {
    const hashes = [...(await this.links(cell)).values()];
    for (const hash of hashes) if (!(await this.#isWhole(hash))) return false;
    return hashes.length > 0;
  }

  /** Every object, in the order of their hashes. */
  async objects(): Promise<StoredObject[]> {
    const folder = join(this.folder, "objects");
    const names = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
    const hashes = names.map((name) => name.slice(3)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const found: StoredObject[] = [];
    for (const hash of hashes.sort()) {
      const { size, mtimeMs } = await stat(this.#objectFile(hash));
      found.push({ hash, bytes: size, usedAt: mtimeMs });
    }
    return found;
  }

  async remove(hash: string): Promise<void> {
    await rm(this.#objectFile(hash), { force: true });
  }

  /** Read every object; those whose content does not match their name are removed. Returns the hashes by outcome. */
  async verify(): Promise<{ whole: string[]; damaged: string[] }> {
    const whole: string[] = [];
    const damaged: string[] = [];
    for (const { hash } of await this.objects()) ((await this.#isWhole(hash)) ? whole : damaged).push(hash);
    return { whole, damaged };
  }

  async #isWhole(hash: string): Promise<boolean> {
    return this.get(hash).then(
      () => true,
      () => false,
    );
  }

  #objectFile(hash: string): string {
    return join(this.folder, "objects", hash.slice(0, 2), hash);
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
