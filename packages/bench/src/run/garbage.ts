import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactStore } from "./store.ts";

/** Remove the objects used longest ago until the rest takes at most `limit` bytes. Cells make them again at need. */
export async function collectGarbage(
  store: ArtifactStore,
  limit: number,
): Promise<{ removed: number; freed: number; left: number }> {
  const objects = (await store.objects()).sort((a, b) => b.usedAt - a.usedAt);
  let left = 0;
  let removed = 0;
  let freed = 0;
  for (const { hash, bytes } of objects) {
    if (left + bytes <= limit && removed === 0) {
      left += bytes;
    } else {
      await store.remove(hash);
      removed++;
      freed += bytes;
    }
  }
  return { removed, freed, left };
}

const OLD_DRAFT_MILLISECONDS = 3_600_000;

/** Remove what a killed process left half-written: drafts that nobody has touched for an hour. Returns how many. */
export async function removeOldDrafts(folder: string, now = Date.now()): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
  let removed = 0;
  for (const name of names.filter((each) => each.endsWith(".tmp"))) {
    const file = join(folder, name);
    const age =
      now -
      (await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => now,
      ));
    if (age < OLD_DRAFT_MILLISECONDS) continue;
    await rm(file, { force: true });
    removed++;
  }
  return removed;
}
