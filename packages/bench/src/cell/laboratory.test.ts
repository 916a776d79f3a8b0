import { initialise } from "@ticketbench/model";
import { expect, test, vi } from "vitest";
import { openToyLaboratory } from "../fixtures/toy-laboratory.ts";

test("a method's calibration reads images of the training splits, and of no other", async () => {
  const lab = await openToyLaboratory();
  const trained = new Set(lab.dataset.split("nominival").questions.map(({ imageId }) => imageId));
  const read = vi.spyOn(lab.dataset, "fillRegions");
  const weights = initialise(lab.network.config, 0);
  const gradients = await lab.withCalibration(weights, 0, (calibration) => calibration.gradients(weights));
  expect(gradients.size).toBe(weights.size);
  expect(read.mock.calls.length).toBeGreaterThan(100);
  expect(read.mock.calls.filter(([image]) => !trained.has(image))).toEqual([]);
});
