import { ResultError } from "./error.ts";
import { currentVersion } from "./schema/result.ts";

type Json = Readonly<Record<string, unknown>>;

/** Turns a document of one version into the next; the published file itself is never rewritten. */
export type Migration = (document: Json) => Json;

/** `migrations[v - 1]` leads from version v to v + 1. Version 1 is the first. */
const migrations: readonly Migration[] = [];

/**
 * Brings a parsed document to the newest version by the steps it has not seen.
 *
 * @throws ResultError when the version is missing, or newer than this program knows
 */
export function migrate(document: Json, steps: readonly Migration[] = migrations): Json {
  const newest = steps.length + currentVersion - migrations.length;
  const version = document["schemaVersion"];
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    throw new ResultError("schemaVersion: expected a whole number from 1 up");
  }
  if (version > newest) {
    throw new ResultError(
      `schemaVersion: ${version} is newer than ${newest}, the newest this program reads: update it`,
    );
  }
  let migrated = document;
  for (const [offset, step] of steps.slice(version - 1).entries()) {
    migrated = { ...step(migrated), schemaVersion: version + offset + 1 };
  }
  return migrated;
}
