import type { VqaSplit } from "./dataset.ts";
import { DataError } from "./error.ts";

/** The questions about the first `images` images of a split: LXMERT's "tiny" (512) and "fast" (4,096) are such. */
export function firstImages(split: VqaSplit, images: number): VqaSplit {
  if (!Number.isInteger(images) || images < 1)
    throw new DataError(`a subset of ${images} images cannot be; ask for 1 or more`);
  const kept = new Set<string>();
  for (const { imageId } of split.questions) {
    if (kept.size === images) break;
    kept.add(imageId);
  }
  return { name: split.name, questions: split.questions.filter(({ imageId }) => kept.has(imageId)) };
}
