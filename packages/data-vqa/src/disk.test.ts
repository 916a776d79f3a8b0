import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkFreeSpace, explainDiskError, hashFile, hashInBackground, writeWhole } from "./disk.ts";
import { DataError } from "./error.ts";

const folder = mkdtempSync(join(tmpdir(), "disk-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a disk", () => {
  test("without room is noticed before anything is written", () => {
    expect(() => checkFreeSpace(folder, 1e18, "buy another")).toThrow(
      /needs 1000000000.1 GB, only .* GB are free; buy another/,
    );
    expect(() => checkFreeSpace(folder, 0, "")).not.toThrow();
  });

  test.skipIf(!existsSync("/dev/full"))("that fills up while writing is the user's to put right", () => {
    const file = openSync("/dev/full", "w");
    const write = () => {
      try {
        writeWhole(file, new Uint8Array(10), 0);
      } catch (error) {
        throw explainDiskError(error, "7 images are kept");
      }
    };
    expect(write).toThrow(DataError);
    expect(write).toThrow(/the disk is full: 7 images are kept; free space and run again/);
    closeSync(file);
    const denied = Object.assign(new Error("denied"), { code: "EACCES", path: "/data" });
    expect(explainDiskError(denied, "writing")).toEqual(
      new DataError("no permission for /data (writing); change its permissions or name another place"),
    );
    const other = new Error("something else");
    expect(explainDiskError(other, "")).toBe(other);
  });
});

describe("a file's hash", () => {
  const path = join(folder, "file");
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

  test("is the same on this thread and on another", async () => {
    const bytes = Uint8Array.from({ length: 5_000_000 }, (_, i) => i % 253);
    writeFileSync(path, bytes);
    const { signal } = new AbortController();
    expect(hashFile(path)).toBe(sha256(bytes));
    expect(await hashInBackground(path, signal)).toBe(sha256(bytes));
    await expect(hashInBackground(join(folder, "none"), signal)).rejects.toThrow(/does not exist/);
  });
});
