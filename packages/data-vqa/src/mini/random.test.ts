import { describe, expect, test } from "vitest";
import { RandomStream } from "./random.ts";

const draw = (stream: RandomStream, n: number): number[] => Array.from({ length: n }, () => stream.uint32());

describe("a random stream", () => {
  test("has the bits written down here, on every machine", () => {
    expect(draw(RandomStream.named("mini-vqa", "quick", 0), 3)).toEqual([3383992424, 1898576987, 4064485443]);
  });

  test("depends on every part of its name", () => {
    const first = (...name: (string | number)[]) => RandomStream.named(...name).uint32();
    expect(new Set([first("a", 0), first("a", 1), first("b", 0), first("a", "0"), first("a0")]).size).toBe(5);
  });

  test("gives children that do not depend on what was drawn before, and differ among themselves", () => {
    const fresh = RandomStream.named("parent");
    const used = RandomStream.named("parent");
    draw(used, 100);
    expect(draw(used.child(7), 5)).toEqual(draw(fresh.child(7), 5));
    const firsts = Array.from({ length: 1000 }, (_, i) => fresh.child(i).uint32());
    expect(new Set(firsts).size).toBeGreaterThan(995);
  });

  test("draws normals with mean 0, deviation 1 and a nearly Gaussian fourth moment", () => {
    const stream = RandomStream.named("normal");
    const values = Array.from({ length: 100_000 }, () => stream.normal());
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.01);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(moment(4)).toBeGreaterThan(2.7);
    expect(moment(4)).toBeLessThan(3.1);
  });

  test("draws integers of a range evenly", () => {
    const stream = RandomStream.named("integer");
    const counts = new Uint32Array(6);
    for (let i = 0; i < 60_000; i++) counts[stream.integer(6)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  test("draws from a table in proportion to its weights", () => {
    const stream = RandomStream.named("weighted");
    const drawn = Array.from({ length: 10_000 }, () => stream.weighted({ rare: 1, common: 9 }));
    expect(drawn.filter((key) => key === "rare").length / drawn.length).toBeCloseTo(0.1, 1);
  });
});
