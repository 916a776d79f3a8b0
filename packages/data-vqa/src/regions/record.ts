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

/** Bytes of the features of n regions. */
export function featureBytes(count: number, width: number, type: FeatureType): number {
  return count * width * (type === "float32" ? 4 : 2);
}

/** The width of features whose record of n regions has so many bytes. */
export function featureWidthOf(recordBytes: number, count: number, type: FeatureType): number {
  return (recordBytes - headBytes(count)) / featureBytes(count, 1, type);
}

/** The record of a row, in two parts, its head and its features: boxes divided by the image's size, once and for all. */
export function encodeRecord(row: RegionRow, type: FeatureType): [head: Uint8Array, features: Uint8Array] {
  const head = new Uint8Array(headBytes(row.count));
  const { objectIds, objectConfidences, attributeIds, attributeConfidences } = row;
  let at = 0;
  for (const part of [normalisedBoxes(row), objectIds, objectConfidences, attributeIds, attributeConfidences]) {
    head.set(bytesOf(part), at);
    at += part.byteLength;
  }
  return [head, bytesOf(type === "float32" ? row.features : new Float16Array(row.features))];
}

function bytesOf(values: Float32Array | Float16Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
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
