import { normalisedBoxes, type RegionRow } from "./tsv.ts";

/** How features are kept; boxes and confidences are float32, ids int32, always. */
export const FEATURE_TYPES = ["float32", "float16"] as const;
export type FeatureType = (typeof FEATURE_TYPES)[number];

/**
 * An image in a store, little-endian: what the detector says of n regions (boxes [n, 4], confidences, ids), then
 * features [n, width]; so the first k regions are the beginnings of two runs of bytes.
 */
const BOX_BYTES = 16;
const LABEL_BYTES = 16;

/** Bytes of what precedes the features of n regions. */
export function headBytes(count: number): number {
  return count * (BOX_BYTES + LABEL_BYTES);
}

export function featureBytes(count: number, width: number, type: FeatureType): number {
  return count * width * (type === "float32" ? 4 : 2);
}

/** The width of features whose record of n regions has so many bytes. */
export function featureWidthOf(recordBytes: number, count: number, type: FeatureType): number {
  return (recordBytes - headBytes(count)) / featureBytes(count, 1, type);
}

/** The record of a row: boxes divided by the image's size, once and for all. */
export function encodeRecord(row: RegionRow, type: FeatureType): Uint8Array {
  const head = headBytes(row.count);
  const record = new Uint8Array(head + featureBytes(row.count, row.featureWidth, type));
  const parts = [
    normalisedBoxes(row),
    ...[row.objectIds, row.objectConfidences, row.attributeIds, row.attributeConfidences],
    type === "float32" ? row.features : new Float16Array(row.features),
  ];
  let at = 0;
  for (const part of parts) {
    record.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return record;
}

/** Views of the labels in a record's head. */
export function headLabels(head: Uint8Array, count: number) {
  const at = (index: number): [ArrayBufferLike, number, number] => [
    head.buffer,
    head.byteOffset + count * (BOX_BYTES + 4 * index),
    count,
  ];
  return {
    objectIds: new Int32Array(...at(0)),
    objectConfidences: new Float32Array(...at(1)),
    attributeIds: new Int32Array(...at(2)),
    attributeConfidences: new Float32Array(...at(3)),
  };
}
