import { readFileSync } from "node:fs";
import { type SourceManifest, sourceManifest as manifestSchema, SOURCES } from "@ticketbench/data-vqa";
import { complaints, nearest } from "../study/complaint.ts";
import { StudyError } from "../study/error.ts";

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
  const [fault] = complaints(manifestSchema, value);
  if (fault !== undefined) throw new StudyError(`${file}: ${[...fault.path.map(String), fault.text].join(": ")}`);
  return manifestSchema.parse(value);
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new StudyError(`--manifest ${file}: ${(error as Error).message}`);
  }
}
