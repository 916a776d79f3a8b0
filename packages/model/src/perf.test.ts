import { openEngine } from "@ticketbench/backend/node";
import { beforeAll, expect, it } from "vitest";
import { lxmertConfig } from "./config.ts";
import { stepRows, tokenizerRows } from "./perf.ts";
import { TINY } from "./testing/tiny-network.ts";

beforeAll(() => openEngine("wasm"));

it("a step's rows are finite, name the case, and show no tensor left", async () => {
  const config = lxmertConfig(TINY);
  const rows = await stepRows(
    {
      name: "tiny",
      config,
      arrays: {
        batch: 2,
        tokenLength: 3,
        tokens: Int32Array.of(2, 5, 3, 2, 7, 3),
        textMask: new Float32Array(6).fill(1),
        regions: 2,
        features: new Float32Array(20).fill(0.5),
        boxes: new Float32Array(16).fill(0.5),
      },
      targets: new Float32Array(12),
      bars: { stepMilliseconds: null, questionsPerSecond: null },
    },
    0.02,
  );
  expect(rows.every(({ name, value }) => name.startsWith("tiny: ") && Number.isFinite(value))).toBe(true);
  expect(rows.find(({ unit }) => unit === "tensors")?.value).toBe(0);
});

it("the tokenizer's row counts questions", async () => {
  const [row] = await tokenizerRows(["what color is the dog?", "how many people are there?"]);
  expect(row?.value).toBeGreaterThan(0);
});
