import { Dropout } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { lxmertConfig } from "./config.ts";
import { initialise } from "./initialise.ts";
import { disposeInput, type LxmertArrays, lxmertInput, shareTexts } from "./input.ts";
import { Lxmert } from "./lxmert.ts";
import { answerLogits } from "./training.ts";

const REGIONS = 3;
const LENGTH = 5;
const config = lxmertConfig({
  ...{ hidden: 8, heads: 2, intermediate: 12, layers: { language: 1, object: 1, cross: 2 } },
  ...{ vocabulary: 12, positions: 10, featureWidth: 5, answers: 6 },
});

beforeAll(() => openEngine("wasm"));

/** Texts without their padding. */
function batchOf(texts: readonly (readonly number[])[]): LxmertArrays {
  const tokens = new Int32Array(texts.length * LENGTH);
  const textMask = new Float32Array(texts.length * LENGTH);
  for (const [row, text] of texts.entries()) {
    tokens.set(text, row * LENGTH);
    textMask.fill(1, row * LENGTH, row * LENGTH + text.length);
  }
  const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => ((i * 7) % 11) / 11);
  return {
    ...{ batch: texts.length, tokenLength: LENGTH, tokens, textMask, regions: REGIONS },
    features: ramp(texts.length * REGIONS * config.featureWidth),
    boxes: ramp(texts.length * REGIONS * 4),
  };
}

async function logitsOf(network: Lxmert, arrays: LxmertArrays): Promise<readonly number[]> {
  const input = lxmertInput(config, arrays);
  const logits = await answerLogits(network, input);
  disposeInput(input);
  return [...logits];
}

/** Few words, so that questions ask the same. */
const texts = fc.array(fc.array(fc.integer({ min: 4, max: 5 }), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 9,
});

test("questions that share texts get the same answers, to the bit", async () => {
  const network = new Lxmert(config, initialise(config, 1));
  await fc.assert(
    fc.asyncProperty(texts, async (drawn) => {
      const arrays = batchOf(drawn);
      expect(await logitsOf(network, shareTexts(arrays))).toEqual(await logitsOf(network, arrays));
    }),
    { numRuns: 30 },
  );
  network.dispose();
});

test("equal texts are held once, and each question finds its own", () => {
  fc.assert(
    fc.property(texts, (drawn) => {
      const { tokens, textMask, textOf } = shareTexts(batchOf(drawn));
      const distinct = new Set(drawn.map(String));
      expect(tokens.length).toBe(distinct.size * LENGTH);
      for (const [row, text] of drawn.entries()) {
        const at = (textOf?.[row] ?? Number.NaN) * LENGTH;
        const length = Float32Array.from(textMask.subarray(at, at + LENGTH)).reduce((sum, seen) => sum + seen, 0);
        expect([...tokens.subarray(at, at + length)]).toEqual(text);
      }
    }),
  );
});

test("texts that only their mask or their segments tell apart are not shared", () => {
  const arrays = batchOf([[4], [4]]);
  const masked = { ...arrays, textMask: arrays.textMask.slice().fill(1, LENGTH, LENGTH + 2) };
  const inSegments = { ...arrays, tokenTypes: new Int32Array(2 * LENGTH).fill(1, LENGTH) };
  expect(shareTexts(arrays).textOf).toEqual(Int32Array.of(0, 0));
  expect(shareTexts(masked).textOf).toEqual(Int32Array.of(0, 1));
  expect(shareTexts(inSegments).textOf).toEqual(Int32Array.of(0, 1));
  expect(shareTexts(inSegments).tokenTypes).toEqual(inSegments.tokenTypes);
});

test("a question whose text is not there is refused, and so is dropout on shared texts", () => {
  const shared = shareTexts(batchOf([[4], [5], [4]]));
  const refused = (textOf: Int32Array) => () => lxmertInput(config, { ...shared, textOf });
  expect(refused(Int32Array.of(0, 2, 0))).toThrow("input: textOf[1] is 2, outside the 2 texts");
  expect(refused(Int32Array.of(0, 1))).toThrow("input: textOf holds 2 values, expected 3");
  const network = new Lxmert(config, initialise(config, 1));
  const input = lxmertInput(config, shared);
  expect(() => network.forward(input, new Dropout(0.1, 1))).toThrow("would share its dropout; leave out textOf");
  disposeInput(input);
  network.dispose();
});
