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
