import { adamW, Lxmert, Optimiser, trainStep } from "@ticketbench/model";
import { describe, expect, test } from "vitest";
import { meanGradients } from "../calibration.ts";
import magnitude from "../methods/magnitude.ts";
import { finding } from "../testing/planted.ts";
import type { StartTrainer } from "./enforcement.ts";

describe("training that does not hold the mask", () => {
  const SETTINGS = adamW({ learningRate: 0.05, totalSteps: -1, weightDecay: 0.1 });
  /** Zeroes the weights at the start and never again, as the 2021 code did, or after every step but not the moments. */
  const trainer =
    (after: "nothing" | "weights"): StartTrainer =>
    async (config, weights, mask, batches) => {
      const model = new Lxmert(config, mask.apply(weights));
      const optimiser = new Optimiser(model.parameters, SETTINGS);
      for (const batch of batches) {
        await trainStep(model, optimiser, batch, null);
        if (after === "weights") model.load(mask.apply(await model.snapshot()));
      }
      return {
        step: () => Promise.resolve(),
        weights: () => model.snapshot(),
        moments: () => optimiser.snapshot(),
        dispose: () => {
          optimiser.dispose();
          model.dispose();
        },
      };
    };

  test("is caught when pruned weights grow back", async () => {
    const found = await finding(magnitude, "held in training", { trainer: trainer("nothing") });
    expect(found).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/pruned weights of .* grew back/) as string,
    });
  });

  /** Holds back the gradients of pruned weights, which the momentum of the dense training before does not ask for. */
  const maskedGradients: StartTrainer = async (config, weights, mask, batches) => {
    const model = new Lxmert(config, weights);
    const velocity = new Map([...(await meanGradients(model, batches))]);
    model.load(mask.apply(weights));
    return {
      step: async (batch) => {
        const gradients = await meanGradients(model, [batch]);
        const moved = [...(await model.snapshot())].map(([name, { shape, values }]) => {
          const [kept, own, slopes] = [mask.toBytes(name), velocity.get(name), gradients.get(name)];
          const next = (own ?? values).map((v, i) => 0.9 * v + 0.1 * (kept[i] ?? 1) * (slopes?.[i] ?? 0));
          velocity.set(name, next);
          return [name, { shape, values: values.map((w, i) => w - 0.05 * (next[i] ?? 0)) }] as const;
        });
        model.load(new Map(moved));
      },
      weights: () => model.snapshot(),
      moments: () => Promise.resolve(new Map()),
      dispose: () => model.dispose(),
    };
  };

  test("is caught when momentum moves weights whose gradients are held back", async () => {
    const found = await finding(magnitude, "held in training", { trainer: maskedGradients });
    expect(found).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/pruned weights of .* grew back under Adam/) as string,
    });
  });

  test("is caught when their moments live on", async () => {
    const found = await finding(magnitude, "held in training", { trainer: trainer("weights") });
    expect(found).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/moments of pruned weights/) as string,
    });
  });
});
