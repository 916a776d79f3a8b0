import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { testableEngines } from "@ticketbench/backend/testing";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../safetensors-file.ts";
import type { WeightTensor } from "../weights.ts";
import { checkableFiles, checkFile } from "./checks.ts";

const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));
const carried = await checkableFiles(fixtures);
/** The full set of expected values, where the machine has it: beside the repository, or where the variable says. */
const shared = process.env.TICKETBENCH_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const full = join(shared, "oracle");
const others = existsSync(full) ? await checkableFiles(full) : [];

describe.each(testableEngines(["wasm", "cpu", "tensorflow"]))("on %s, the original's numbers", (engine) => {
  let before = 0;
  beforeAll(async () => {
    await openEngine(engine);
    before = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(carried)("%s", async (file) => {
    expect((await checkFile(fixtures, file)).failures).toEqual([]);
  });
});

describe.each(testableEngines(["webgpu"]))("on %s, which a GPU in software runs slowly here", (engine) => {
  beforeAll(() => openEngine(engine));

  it.each(["forward/one_token_one_box.safetensors", "ops/bertadam_toy.safetensors"])(
    "%s",
    { timeout: 180_000 },
    async (file) => {
      expect((await checkFile(fixtures, file)).failures).toEqual([]);
    },
  );
});

describe.skipIf(others.length === 0)(`on wasm, the full set in ${full}`, () => {
  beforeAll(() => openEngine("wasm"));

  it.each(others)("%s", async (file) => {
    expect((await checkFile(full, file)).failures).toEqual([]);
  });
});

describe("a file of expected values", () => {
  it("that is a thousandth off fails, and says which quantity", async () => {
    await openEngine("wasm");
    const folder = await mkdtemp(join(tmpdir(), "parity-"));
    await cp(fixtures, folder, { recursive: true });
    const file = "forward/one_token_one_box.safetensors";
    const tensors = new Map(await readSafetensors(join(folder, file)));
    const pooled = tensors.get("f32.pooled_output") as WeightTensor;
    pooled.values[3] = (pooled.values[3] as number) + 1e-3;
    await writeSafetensors(join(folder, file), tensors);
    const { failures } = await checkFile(folder, file);
    expect(failures.map(({ what }) => what)).toEqual(["pooled_output", "pooled_output with savings"]);
    await rm(folder, { recursive: true });
  });
});
