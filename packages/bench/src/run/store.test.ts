import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { collectGarbage, removeOldDrafts } from "./garbage.ts";
import { ArtifactStore } from "./store.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const newStore = (): ArtifactStore => new ArtifactStore(mkdtempSync(join(tmpdir(), "store-")));
const objectFile = (store: ArtifactStore, hash: string): string =>
  join(store.folder, "objects", hash.slice(0, 2), hash);

test("an artifact is found by the hash of its content, kept once, and by the names that cells give it", async () => {
  const store = newStore();
  const hash = await store.put(bytes("weights"));
  expect(hash).toBe("9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c");
  expect(await store.put(bytes("weights"))).toBe(hash);
  expect(await store.objects()).toHaveLength(1);
  await store.link("cell", "weights", hash);
  expect(await store.links("cell")).toEqual(new Map([["weights", hash]]));
  expect(await store.get(hash)).toEqual(Buffer.from("weights"));
});

test("a damaged artifact is found by its hash, removed, and no longer held", async () => {
  const store = newStore();
  const hash = await store.put(bytes("weights"));
  await store.link("cell", "weights", hash);
  expect(await store.holds("cell")).toBe(true);
  writeFileSync(objectFile(store, hash), "weightz");
  expect(await store.holds("cell")).toBe(false);
  await expect(store.get(hash)).rejects.toThrow(/is not in/);
  await store.put(bytes("weights"));
  expect(await store.holds("cell")).toBe(true);
});

test("a cell without artifacts is not held", async () => {
  expect(await newStore().holds("cell")).toBe(false);
});

test("verifying reads everything and tells the whole from the damaged", async () => {
  const store = newStore();
  const good = await store.put(bytes("good"));
  const bad = await store.put(bytes("bad"));
  writeFileSync(objectFile(store, bad), "");
  expect(await store.verify()).toEqual({ whole: [good], damaged: [bad] });
  expect((await store.objects()).map(({ hash }) => hash)).toEqual([good]);
});

test("garbage collection keeps what was used last, within the limit", async () => {
  const store = newStore();
  const hashes = await Promise.all(["aaaa", "bbbb", "cccc"].map((text) => store.put(bytes(text))));
  for (const [age, hash] of hashes.entries()) await utimes(objectFile(store, hash), 100 - age, 100 - age);
  expect(await collectGarbage(store, 9)).toEqual({ removed: 1, freed: 4, left: 8 });
  expect((await store.objects()).map(({ hash }) => hash)).toEqual([hashes[0], hashes[1]].sort());
  expect(await collectGarbage(store, 0)).toMatchObject({ removed: 2, left: 0 });
});

test("drafts that a killed process left are removed when they are old", async () => {
  const store = newStore();
  await store.put(bytes("kept"));
  writeFileSync(join(store.folder, "objects", "x.tmp"), "half");
  expect(await removeOldDrafts(store.folder)).toBe(0);
  expect(await removeOldDrafts(store.folder, Date.now() + 2 * 3_600_000)).toBe(1);
  expect(await store.verify()).toMatchObject({ damaged: [], whole: { length: 1 } });
});

test("many writers of the same bytes leave one whole file and no drafts", async () => {
  const store = newStore();
  const content = new Uint8Array(200_000).fill(7);
  const hashes = await Promise.all(Array.from({ length: 8 }, () => store.put(content)));
  expect(new Set(hashes).size).toBe(1);
  const names = readdirSync(store.folder, { recursive: true }).map(String);
  expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
});
