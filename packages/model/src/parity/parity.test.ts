import { fileURLToPath } from "node:url";
import { openCpuEngine, tf } from "@ticketbench/backend";
import { afterEach, beforeAll, expect, it } from "vitest";
import { checkForward } from "./forward.ts";
import type { Finding } from "./oracle.ts";
import { checkTraining } from "./training.ts";

const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));

let before = 0;
beforeAll(async () => {
  await openCpuEngine();
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

function failures(findings: readonly Finding[]): readonly Finding[] {
  expect(findings.length).toBeGreaterThan(0);
  return findings.filter(({ error, tolerance }) => !(error <= tolerance));
}

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
