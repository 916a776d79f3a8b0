import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { Bill } from "./bill.ts";

test("time within a step counts once: under its own name, and in what finding the mask took", async () => {
  const bill = new Bill();
  await bill.time("find mask", async () => {
    await bill.time("round 1", () => setTimeout(40));
    await bill.time("round 2", () => setTimeout(20));
  });
  await bill.time("retrained", () => setTimeout(10));
  const { seconds, findMaskSeconds } = bill.sum("find mask");
  const { "find mask": own = 0, "round 1": first = 0, "round 2": second = 0 } = seconds;
  expect(own + first + second).toBeCloseTo(findMaskSeconds, 9);
  expect(Object.keys(seconds).sort()).toEqual(["find mask", "retrained", "round 1", "round 2"]);
  expect(bill.sum().findMaskSeconds).toBe(0);
});
