import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { learningRateAt } from "./schedule.ts";

interface Case {
  readonly schedule: "warmup_linear" | "warmup_constant";
  readonly t_total: number;
  readonly warmup: number;
  readonly lr: number;
  readonly lr_at_step: readonly number[];
}

const { cases } = JSON.parse(await readFile(new URL("../fixtures/ops/schedule.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

it.each(cases)(
  "$schedule over $t_total steps with warm-up $warmup has the original's rate at every step",
  (example) => {
    const decay = example.schedule === "warmup_linear" ? "linear" : "none";
    for (const [step, expected] of example.lr_at_step.entries()) {
      const schedule = {
        learningRate: example.lr,
        warmup: example.warmup,
        totalSteps: example.t_total,
        decay,
      } as const;
      expect(Math.abs(learningRateAt(schedule, step) - expected)).toBeLessThanOrEqual(1e-12 * expected);
    }
  },
);
