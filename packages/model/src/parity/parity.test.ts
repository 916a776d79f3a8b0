import { fileURLToPath } from "node:url";
import { tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { checkForward } from "./forward.ts";
import type { Finding } from "./oracle.ts";
import { checkTraining } from "./training.ts";

const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));

function failures(findings: readonly Finding[]): readonly Finding[] {
  expect(findings.length).toBeGreaterThan(0);
  return findings.filter(({ error, tolerance }) => !(error <= tolerance));
}

describe.each(["wasm", "cpu"] as const)("on %s", (engine) => {
  let before = 0;
  beforeAll(async () => {
    await openEngine(engine);
    before = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    "vqa_sentences",
    "segments_and_holes",
    "visual_mask",
    "one_token_one_box",
    "max_positions_zero_feats",
    "fully_masked_row",
  ])("forward: %s gives the original's numbers in every module", async (name) => {
    expect(failures(await checkForward(fixtures, `forward/${name}.safetensors`))).toEqual([]);
  });

  it.each(["clipped", "unclipped", "constant_lr_one_step"])("training: %s takes the original's steps", async (name) => {
    expect(failures(await checkTraining(fixtures, `train/${name}.safetensors`))).toEqual([]);
  });
});
