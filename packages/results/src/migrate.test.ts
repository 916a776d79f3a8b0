import { describe, expect, it } from "vitest";
import { migrate } from "./migrate.ts";
import { parseResult } from "./parse.ts";
import { sampleTicket } from "./sample-result.ts";

const steps = [
  ({ name, ...rest }: Record<string, unknown>) => ({ ...rest, title: name }),
  (document: Record<string, unknown>) => ({ ...document, tags: [] }),
];

describe("migration", () => {
  it("takes an old document through every step it has not seen, in order", () => {
    expect(migrate({ schemaVersion: 1, name: "a" }, steps)).toEqual({ schemaVersion: 3, title: "a", tags: [] });
    expect(migrate({ schemaVersion: 2, title: "b" }, steps)).toEqual({ schemaVersion: 3, title: "b", tags: [] });
  });

  it("leaves a document of the newest version, and its own argument, alone", () => {
    const newest = { schemaVersion: 3, title: "c", tags: ["x"] };
    expect(migrate(newest, steps)).toBe(newest);
    const old = { schemaVersion: 1, name: "a" };
    migrate(old, steps);
    expect(old).toEqual({ schemaVersion: 1, name: "a" });
  });

  it("is not needed for fields that may be missing: results from before them read as they were", () => {
    const before = sampleTicket();
    expect(parseResult(JSON.stringify(before), "before.json")).toEqual(before);
    const latency = { denseMilliseconds: 5, sparseMilliseconds: 5, batchSize: 32, repeats: 9 };
    const leaks = [{ training: "train", evaluation: "valid", images: 3930, questions: 4445 }];
    for (const measured of [latency, { ...latency, compactMilliseconds: 3 }]) {
      const after = { ...before, latency: measured, dataset: { ...before.dataset, leaks } };
      expect(parseResult(JSON.stringify(after), "after.json")).toEqual(after);
    }
  });

  it("refuses a version it does not know", () => {
    expect(() => migrate({ schemaVersion: 4 }, steps)).toThrow(/4 is newer than 3/);
    expect(() => migrate({ schemaVersion: 2 })).toThrow(/2 is newer than 1/);
    for (const schemaVersion of [undefined, 0, 1.5, "1"]) {
      expect(() => migrate({ schemaVersion }, steps)).toThrow(/expected a whole number/);
    }
  });
});
