import { existsSync, readFileSync } from "node:fs";

/** Where the beginning of a part came from, and which version of the file it is of. */
export interface Origin {
  readonly url: string;
  readonly version: string | null;
}

/** Where the origin of a partial file is noted. @param part the partial file */
export function originPath(part: string): string {
  return `${part}.json`;
}

/** The origin of a partial file; null where none is noted, or the note is damaged. */
export function readOrigin(part: string): Origin | null {
  const path = originPath(part);
  if (!existsSync(path) || !existsSync(part)) return null;
  try {
    const { url, version } = JSON.parse(readFileSync(path, "utf8")) as Partial<Origin>;
    return typeof url === "string" ? { url, version: version ?? null } : null;
  } catch {
    return null;
  }
}

/** A strong validator, with which a server can say whether its file is still the same. */
export function versionOf({ headers }: Response): string | null {
  const version = headers.get("etag") ?? headers.get("last-modified");
  return version?.startsWith("W/") ? null : version;
}
