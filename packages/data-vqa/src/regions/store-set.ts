import { createHash } from "node:crypto";
import type { RegionLabelArrays } from "../dataset.ts";
import { DataError } from "../error.ts";
import type { RegionStore } from "./store.ts";

/** Several stores as one: LXMERT's features come as one file an image set. */
export class StoreSet {
  readonly featureWidth: number;
  /** As many as the image with the fewest has. */
  readonly regionsPerImage: number;
  readonly hash: string;
  readonly #storeOf = new Map<string, RegionStore>();

  constructor(stores: readonly RegionStore[]) {
    const [first] = stores;
    if (!first) throw new DataError("no region store was given");
    this.featureWidth = first.manifest.featureWidth;
    for (const store of stores) {
      if (store.manifest.featureWidth !== this.featureWidth) {
        throw new DataError(
          `${store.folder} has features of width ${store.manifest.featureWidth}, ${first.folder} of ${this.featureWidth}`,
        );
      }
      for (const imageId of store.imageIds) this.#add(imageId, store);
    }
    this.regionsPerImage = Math.min(...stores.map(({ manifest }) => manifest.regions.fewest));
    const sources = stores.map(({ manifest }) => `${manifest.source.sha256} ${manifest.featureType}`).sort();
    this.hash = createHash("sha256").update(sources.join("\n")).digest("hex");
  }

  has(imageId: string): boolean {
    return this.#storeOf.has(imageId);
  }

  fillRegions(imageId: string, count: number, features: Float32Array, boxes: Float32Array, row: number): void {
    this.#store(imageId).fillRegions(imageId, count, features, boxes, row);
  }

  async readRegions(
    imageId: string,
    count: number,
    features: Float32Array,
    boxes: Float32Array,
    row: number,
  ): Promise<void> {
    await this.#store(imageId).readRegions(imageId, count, features, boxes, row);
  }

  fillLabels(imageId: string, count: number, into: RegionLabelArrays, row: number): void {
    this.#store(imageId).fillLabels(imageId, count, into, row);
  }

  #add(imageId: string, store: RegionStore): void {
    const other = this.#storeOf.get(imageId);
    if (other) throw new DataError(`image ${imageId} is both in ${other.folder} and in ${store.folder}; remove one`);
    this.#storeOf.set(imageId, store);
  }

  #store(imageId: string): RegionStore {
    const store = this.#storeOf.get(imageId);
    if (!store) throw new DataError(`no store has features of image ${imageId}; extract them and convert again`);
    return store;
  }
}
