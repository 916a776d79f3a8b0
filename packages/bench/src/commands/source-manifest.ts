import { readFileSync } from "node:fs";
import { type SourceManifest, SOURCES } from "@ticketbench/data-vqa";
import { z } from "zod";
import { complaints, nearest } from "../study/complaint.ts";
import { StudyError } from "../study/error.ts";

/** A list of downloads as a file holds it. Names stay inside the folder that is fetched into. */
const manifestFile = z.strictObject({
  name: z.string().min(1),
  licence: z.string(),
  files: z
    .array(
      z.strictObject({
        name: z.string().regex(/^(?!\/)(?!.*\.\.)[\w./-]+$/, "expected a path inside the folder, without .."),
        urls: z.array(z.url({ protocol: /^https?$/, error: "expected an address that begins with http" })).min(1),
        bytes: z.int().min(1).nullable().default(null),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits, in small letters")
          .nullable()
          .default(null),
      }),
    )
    .min(1),
}) satisfies z.ZodType<SourceManifest>;

/** The files of a dataset: the built-in list of that name, or the one in a file, which then goes by that name. */
export function sourceManifest(name: string, file: string | undefined): SourceManifest {
  if (file !== undefined) return { ...readManifest(file), name };
  const known = SOURCES[name];
  if (known !== undefined) return known;
  const near = nearest(name, Object.keys(SOURCES));
  const hint = near === null ? "" : `; did you mean "${near}"?`;
  throw new StudyError(`no dataset is called "${name}"${hint} (known: ${Object.keys(SOURCES).join(", ")})`);
}

function readManifest(file: string): SourceManifest {
  const value = parseJson(file);
  const [fault] = complaints(manifestFile, value);
  if (fault !== undefined) throw new StudyError(`${file}: ${[...fault.path.map(String), fault.text].join(": ")}`);
  return manifestFile.parse(value);
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new StudyError(`--manifest ${file}: ${(error as Error).message}`);
  }
}
