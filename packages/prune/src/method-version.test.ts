import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { methodNames } from "./method-files.ts";
import { methodVersion } from "./method-version.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ticketbench-version-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The version of a method that imports two files, one of them for its types alone. */
async function versionWith(shared: string, types: string): Promise<string> {
  const source = `import { half } from "./shared.ts";\nimport type { T } from "./types.ts";\nexport default half as T;\n`;
  await writeFile(join(folder, "method.ts"), source);
  await writeFile(join(folder, "shared.ts"), shared);
  await writeFile(join(folder, "types.ts"), types);
  return methodVersion(join(folder, "method.ts"));
}

test("a change to what a method imports is another version; a change to its types is not", async () => {
  const one = await versionWith("export const half = 0.5;", "export type T = number;");
  expect(await versionWith("export const half = 0.5;", "export type T = unknown;")).toBe(one);
  expect(await versionWith("export const half = 0.25;", "export type T = number;")).not.toBe(one);
});

test("every method that ships has a version of its own", async () => {
  const names = await methodNames();
  const versions = await Promise.all(names.map((name) => methodVersion(name)));
  expect(new Set(versions).size).toBe(names.length);
  for (const version of versions) expect(version).toMatch(/^[0-9a-f]{64}$/);
});
