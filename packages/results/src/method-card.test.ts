import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseMethodCards } from "./method-card.ts";
import { readMethodCards, readResults, writeMethodCards, writeResult } from "./node.ts";
import { sampleHash, sampleTicket } from "./sample-result.ts";
import type { MethodCard, MethodCards } from "./schema/method-card.ts";

const card: MethodCard = {
  id: "n-m",
  title: "N:M magnitude",
  idea: "Of every M neighbours the N largest stay.",
  citation: "@inproceedings{zhou2021nm, year = {2021}}",
  version: sampleHash(1),
  needs: [],
  structure: "2:4 in every row",
  parameters: [{ name: "m", type: "integer", default: 4, range: "2 to 32", doc: "weights in a group" }],
  conformance: [{ check: "polarity", outcome: "passed", line: "keeps the high end" }],
};
const cards: MethodCards = { version: 1, methods: [card] };

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "method-cards-"));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

describe("method cards", () => {
  test("come back as they were written, the newest in place of older ones, beside results", async () => {
    await writeResult(dir, sampleTicket());
    await writeMethodCards(dir, { version: 1, methods: [] });
    await writeMethodCards(dir, cards);
    expect(await readMethodCards(dir)).toEqual(cards);
    expect(await readResults(dir)).toHaveLength(1);
  });

  test("need not be there", async () => {
    expect(await readMethodCards(join(dir, "nothing"))).toBeNull();
  });

  test("are refused naming file and field", async () => {
    const broken = join(dir, "methods.json");
    await writeFile(broken, JSON.stringify({ version: 1, methods: [{ ...card, version: "new" }] }));
    await expect(readMethodCards(dir)).rejects.toThrow(/methods\.json: methods\.0\.version: expected a hash/);
    expect(() => parseMethodCards({ version: 1, methods: [card, card] }, "m.json")).toThrow("two methods of one id");
    const odd = { ...card, conformance: [{ check: "polarity", outcome: "skipped", line: "" }] };
    expect(() => parseMethodCards({ version: 1, methods: [odd] }, "m.json")).toThrow(/conformance\.0\.outcome/);
  });
});
