import { openCpuEngine, tf } from "@ticketbench/backend";
import type { Weights, WeightTensor } from "@ticketbench/model";
import { expect, test } from "vitest";
import { defineMethod, type Method } from "../define-method.ts";
import { Mask } from "../mask.ts";
import type { Scores } from "../select.ts";
import { card, finding } from "../testing/planted.ts";

function magnitudes(weights: Weights, names: readonly string[]): Scores {
  return new Map(names.map((name) => [name, (weights.get(name)?.values ?? new Float32Array()).map(Math.abs)]));
}

const byScore = (score: (values: Float32Array) => Float32Array): Method =>
  defineMethod({ ...card, score: ({ values }) => score(values) });

const FAULTS: readonly (readonly [fault: string, check: string, says: RegExp, method: Method])[] = [
  ["sorts its weights in place", "read only", /wrote to the weights of/, byScore((values) => values.sort())],
  [
    "puts another tensor among the weights",
    "read only",
    /wrote to the weights of logit_fc\.3\.bias/,
    defineMethod({
      ...card,
      prepare: ({ weights }) => {
        const { shape = [], values } = weights.get("logit_fc.3.bias") ?? {};
        (weights as Map<string, WeightTensor>).set("logit_fc.3.bias", {
          shape,
          values: new Float32Array(values?.length ?? 0),
        });
      },
      score: ({ values }) => values.map(Math.abs),
    }),
  ],
  [
    "replaces what calibration gives to all",
    "read only",
    /sets context\.calibration\.gradients/,
    defineMethod({
      ...card,
      needs: "gradients",
      prepare: ({ calibration }) => Object.assign(calibration, { gradients: () => Promise.resolve(new Map()) }),
      score: ({ values }) => values.map(Math.abs),
    }),
  ],
  [
    "asks for evaluation questions",
    "no evaluation data",
    /looked for context\.evaluation/,
    defineMethod({
      ...card,
      prepare: (context) => (context as { evaluation?: unknown }).evaluation,
      score: ({ values }) => values.map(Math.abs),
    }),
  ],
  [
    "asks calibration for minival",
    "no evaluation data",
    /looked for context\.calibration\.minival/,
    defineMethod({
      ...card,
      needs: "calibration",
      prepare: ({ calibration }) => (calibration as { minival?: unknown }).minival,
      score: ({ values }) => values.map(Math.abs),
    }),
  ],
  [
    "swallows errors",
    "errors come through",
    /failed and it returned a mask all the same/,
    defineMethod({
      ...card,
      needs: "gradients",
      prepare: ({ calibration, weights }) => calibration.gradients(weights).catch(() => null),
      score: ({ values }) => values.map(Math.abs),
    }),
  ],
  [
    "goes on when its training failed",
    "errors come through",
    /failed and it returned a mask all the same/,
    defineMethod({
      ...card,
      needs: "training",
      count: "exact",
      mask: async ({ training, weights, shapes, prunable, keep, select }) => {
        const dense = Mask.dense(shapes, prunable);
        const trained = await training.train(dense).catch(() => weights);
        return { mask: select(magnitudes(trained, prunable), keep) };
      },
    }),
  ],
  [
    "goes on without the gradients that it asked for while training",
    "errors come through",
    /failed and it returned a mask all the same/,
    defineMethod({
      ...card,
      needs: "training",
      schedule: ({ weights, prunable, keep, select }) => ({
        maskAt: async (step, state) => {
          if (step > 0) return null;
          await state.gradients().catch(() => null);
          return select(magnitudes(weights, prunable), keep);
        },
      }),
    }),
  ],
  [
    "leaves tensors behind",
    "no leaks",
    /tensors left behind/,
    byScore((values) => {
      tf.tensor1d(values);
      return values.map(Math.abs);
    }),
  ],
  [
    "asks its training for minival",
    "no evaluation data",
    /looked for context\.training\.minival/,
    defineMethod({
      ...card,
      needs: "training",
      count: "exact",
      mask: ({ training, weights, prunable, keep, select }) => {
        void (training as { minival?: unknown }).minival;
        return { mask: select(magnitudes(weights, prunable), keep) };
      },
    }),
  ],
];

test.each(FAULTS)("the kit catches a method that %s", async (_, check, says, method) => {
  const found = await finding(method, check);
  expect(found.message).toMatch(says);
  expect(found.status).toBe("failed");
});

test("the kit catches a method that writes to the calibration questions from inside the engine", async () => {
  const blinding = defineMethod({
    ...card,
    needs: "gradients",
    prepare: async ({ calibration, weights }) => {
      const kernel = tf.getKernel("Linear", "cpu");
      const replace = (by: tf.KernelConfig) => {
        tf.unregisterKernel("Linear", "cpu");
        tf.registerKernel(by);
      };
      const blind: tf.KernelConfig["kernelFunc"] = (call) => {
        const { x } = call.inputs as { x: tf.TensorInfo };
        (tf.engine().readSync(x.dataId) as Float32Array).fill(0);
        return kernel.kernelFunc(call);
      };
      replace({ ...kernel, kernelFunc: blind });
      await calibration.gradients(weights);
      replace(kernel);
    },
    score: ({ values }) => values.map(Math.abs),
  });
  const found = await finding(blinding, "read only", { engines: [() => openCpuEngine()] });
  expect(found).toMatchObject({ status: "failed", message: expect.stringMatching(/calibration questions/) as string });
});
