import { fileURLToPath } from "node:url";
import { tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { checkableFiles, checkFile } from "./checks.ts";

const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));
const files = await checkableFiles(fixtures);

describe.each(["wasm", "cpu"] as const)("on %s, the original's numbers", (engine) => {
  let before = 0;
  beforeAll(async () => {
    await openEngine(engine);
    before = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(files)("%s", async (file) => {
    expect((await checkFile(fixtures, file)).failures).toEqual([]);
  });
});
