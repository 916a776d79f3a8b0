import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { prepareFolder } from "./workspace.ts";

test("a folder is made with its parents, and one that is there is left alone", async () => {
  const folder = join(mkdtempSync(join(tmpdir(), "workspace-")), "a", "b");
  await prepareFolder(folder);
  await expect(prepareFolder(folder)).resolves.toBeUndefined();
});

test("a place where nothing can be made is an error at once, not an endless try", async () => {
  await expect(prepareFolder("/proc/ticketbench/results")).rejects.toThrow("/proc/ticketbench/results");
});

test("a file in the way is named", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "workspace-")), "file");
  writeFileSync(file, "");
  await expect(prepareFolder(file)).rejects.toThrow("a file stands where a folder is needed");
  await expect(prepareFolder(join(file, "results"))).rejects.toThrow("a file stands where a folder is needed");
});
