import { link, open, readdir, rename, unlink, writeFile } from "node:fs/promises";

/**
 * Writes a new file so that no reader and no crash ever sees half of it, and no existing file is replaced.
 *
 * @returns false when the name is taken
 */
export async function writeNewFile(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${process.pid}.tmp`;
  const handle = await open(draft, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
    // Unlike a rename, a hard link fails where the name is taken.
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await handle.close();
    await unlink(draft);
  }
}

/** Writes a file, in place of one of that name, so that no reader ever sees half of it. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, text);
  await rename(draft, path);
}

/** Sorted paths of the `*.json` files below a folder, relative to it; none where the folder does not exist. */
export async function jsonFilesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir, { recursive: true })).filter((name) => name.endsWith(".json")).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
