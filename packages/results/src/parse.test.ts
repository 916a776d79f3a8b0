import { describe, expect, it } from "vitest";
import { resultJsonSchema } from "./json-schema.ts";
import { parseResult } from "./parse.ts";
import { sampleFailure, sampleTicket } from "./sample-result.ts";

const file = "results/a.json";

describe("parsing a result", () => {
  it("gives back what was written", () => {
    const result = sampleTicket();
    expect(parseResult(JSON.stringify(result), file)).toEqual(result);
    expect(parseResult(result, file)).toEqual(result);
  });

  it("fills in the tier and division of a file that leaves them out", () => {
    const defaulted = { ...sampleTicket(), tier: undefined, division: undefined };
    expect(parseResult(defaulted, file)).toMatchObject({ tier: "self-reported", division: "closed" });
  });

  it("names the file and the field, and tells percent from a fraction", () => {
    const result = structuredClone(sampleTicket());
    if (result.phases.retrained) result.phases.retrained.accuracy = 70.27;
    expect(() => parseResult(result, file)).toThrow(
      "results/a.json: phases.retrained.accuracy: 70.27 is above 1: expected a fraction from 0 to 1, not percent",
    );
  });

  it.each([
    ["{", /a.json: not JSON/],
    ["[]", /a.json: expected a JSON object/],
    [{ ...sampleTicket(), schemaVersion: 9 }, /a.json: schemaVersion: 9 is newer/],
    [{ ...sampleTicket(), surprise: 1 }, /surprise/],
    [{ ...sampleTicket(), status: "skipped" }, /status/],
    [{ ...sampleTicket(), id: "../../etc/passwd" }, /id: expected a hash/],
    [{ ...sampleTicket(), maskHash: undefined }, /maskHash/],
  ])("refuses a broken document %#", (document, message) => {
    expect(() => parseResult(document, file)).toThrow(message);
  });

  it("reads a failure, which needs no measurements", () => {
    const failed = sampleFailure();
    const { failure } = failed;
    expect(parseResult(failed, file)).toMatchObject({ status: "failed", failure });
    expect(() => parseResult({ ...failed, failure: { ...failure, reason: "bad luck" } }, file)).toThrow(
      /failure.reason/,
    );
  });
});

describe("the published JSON Schema", () => {
  it("describes both kinds of status and does not demand what has a default", () => {
    const schema = resultJsonSchema() as { oneOf: { required: string[]; properties: { status: { const: string } } }[] };
    expect(schema.oneOf.map(({ properties }) => properties.status.const)).toEqual(["done", "failed"]);
    for (const { required } of schema.oneOf) {
      expect(required).toContain("target");
      expect(required).not.toContain("tier");
    }
  });
});
