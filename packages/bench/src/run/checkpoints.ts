import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "./atomic-file.ts";
import { type Bundle, decodeBundle, encodeBundle } from "./bundle.ts";

/** A cell's snapshots by name, each replaced as a whole: after a kill one finds the last one that was complete. */
export class CheckpointFolder {
  readonly #folder: string;
  readonly #onDamage: (name: string) => void;

  /** `onDamage` hears of a snapshot that cannot be used; it counts as missing. */
  constructor(folder: string, onDamage: (name: string) => void) {
    this.#folder = folder;
    this.#onDamage = onDamage;
  }

  async save(name: string, bundle: Bundle): Promise<void> {
    await writeAtomic(this.#file(name), encodeBundle(bundle));
  }

  /** The last snapshot saved under this name, or null where there is none that is whole. */
  async load(name: string): Promise<Bundle | null> {
    const bytes = await readFile(this.#file(name)).catch(() => null);
    if (bytes === null) return null;
    try {
      return decodeBundle(bytes);
    } catch {
      this.#onDamage(name);
      return null;
    }
  }

  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #file(name: string): string {
    return join(this.#folder, `${name}.bundle`);
  }
}
