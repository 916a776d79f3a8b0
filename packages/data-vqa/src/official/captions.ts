import { z } from "zod";
import { readJsonList } from "./json-list.ts";
import { parseRecord } from "./records.ts";

/** One entry of `annotations` in a COCO captions file; other keys are tolerated. */
export const captionRecord = z.object({ image_id: z.int(), caption: z.string() });

/** Read COCO's caption files into a map by image number. */
export function readCaptions(paths: readonly string[]): Map<number, string[]> {
  const captions = new Map<number, string[]>();
  for (const path of paths) {
    readJsonList(path, "annotations", (entry, index) => {
      const { image_id: image, caption } = parseRecord(captionRecord, entry, path, index);
      const ofImage = captions.get(image) ?? [];
      captions.set(image, ofImage);
      ofImage.push(caption);
    });
  }
  return captions;
}
