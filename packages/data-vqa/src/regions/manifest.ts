import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DataError } from "../error.ts";
import { FEATURE_TYPES } from "./record.ts";

/** The records, one image after another. */
export const RECORDS_FILE = "regions.bin";
/** Where each image's record is; a line an image. */
export const INDEX_FILE = "index.tsv";
const MANIFEST_FILE = "manifest.json";
const UNFINISHED_MANIFEST = `${MANIFEST_FILE}.partial`;
/** All that a store's folder holds, finished or not. */
export const STORE_FILES: ReadonlySet<string> = new Set([RECORDS_FILE, INDEX_FILE, MANIFEST_FILE, UNFINISHED_MANIFEST]);

const manifestSchema = z.object({
  format: z.literal("ticketbench-regions"),
  version: z.literal(1),
  source: z.object({
    name: z.string(),
    bytes: z.int(),
    /** When the source was last changed, in milliseconds: where it differs, the hash decides. */
    modified: z.number(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  images: z.int().positive(),
  featureWidth: z.int().positive(),
  /** Fewest and most regions of an image. */
  regions: z.object({ fewest: z.int().positive(), most: z.int().positive() }),
  featureType: z.enum(FEATURE_TYPES),
  recordBytes: z.int().positive(),
});

/** What a finished store says of itself. It is written last, so a folder without one is no store. */
export type StoreManifest = z.infer<typeof manifestSchema>;

/** The manifest of a store, or null where the folder has none. Throws DataError for one that does not fit its files. */
export function readManifest(folder: string): StoreManifest | null {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) return null;
  const parsed = manifestSchema.safeParse(parseJson(path));
  if (!parsed.success) {
    throw new DataError(
      `${path} is not a store's manifest (${parsed.error.issues[0]?.message}); convert the TSV again`,
    );
  }
  const records = join(folder, RECORDS_FILE);
  const bytes = statSync(records, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes !== parsed.data.recordBytes) {
    throw new DataError(`${records} has ${bytes} bytes instead of ${parsed.data.recordBytes}; convert the TSV again`);
  }
  return parsed.data;
}

/** Write the manifest so that it is there wholly or not at all. */
export function writeManifest(folder: string, manifest: StoreManifest): void {
  const unfinished = join(folder, UNFINISHED_MANIFEST);
  writeFileSync(unfinished, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
  renameSync(unfinished, join(folder, MANIFEST_FILE));
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new DataError(`${path} is not valid JSON (${(error as Error).message}); convert the TSV again`);
  }
}
