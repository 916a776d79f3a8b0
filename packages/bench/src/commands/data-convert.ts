import { convertRegions, type FeatureType } from "@ticketbench/data-vqa";
import { outputFolder } from "./output-folder.ts";
import { byteWords, ProgressLine, transferWords } from "./progress-line.ts";

export interface ConvertWords {
  readonly out: string;
  readonly type: FeatureType;
}

/** `ticketbench data convert`: goes on where an earlier conversion was killed; a store that is whole is left alone. */
export async function convert(tsv: string, { out, type }: ConvertWords): Promise<void> {
  await outputFolder(out);
  const line = new ProgressLine();
  const { images, regions, featureWidth, featureType, recordBytes } = await convertRegions(tsv, out, {
    featureType: type,
    onProgress: (progress) => line.show(`${progress.images} images, ${transferWords(progress)}`),
  }).finally(() => line.end());
  const boxes = regions.fewest === regions.most ? regions.most : `${regions.fewest} to ${regions.most}`;
  const features = `features of ${featureWidth} as ${featureType}`;
  console.log(`${out}: ${images} images, ${boxes} regions each, ${features}, ${byteWords(recordBytes)}`);
}
