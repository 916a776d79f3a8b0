import { methodPath, methodVersion } from "@ticketbench/prune/node";
import { methodCardsSchema } from "@ticketbench/results";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkInSandbox } from "../sandbox/check.ts";
import { command, newFolder } from "../fixtures/arithmetic-run.ts";
import { denseSmallCard, methodCard } from "./methods-export.ts";

const cardOf = async (id: string) => methodCard(id, methodPath(id), await checkInSandbox(id, { budget: 60 }));

test("a card holds what the file says, the version that results carry, and each finding of the kit", async () => {
  const card = await cardOf("n-m");
  expect(methodCardsSchema.parse({ version: 1, methods: [card] }).methods).toEqual([card]);
  expect(card).toMatchObject({ id: "n-m", title: "N:M", family: "pattern", needs: [] });
  expect(card.version).toBe(await methodVersion("n-m"));
  expect(card.citation).toMatch(/^@inproceedings\{zhou2021learning,/);
  expect(card.parameters).toMatchObject([{ name: "m", type: "one of 4, 8", default: 4, range: null }]);
  expect(card.conformance.map(({ check }) => check)).toContain("exact counts");
  expect(card.conformance.filter(({ outcome }) => outcome === "failed")).toEqual([]);
}, 120_000);

test("what a method needs is listed, nothing as an empty list", async () => {
  expect((await cardOf("wanda")).needs).toEqual(["calibration"]);
}, 120_000);

test("a file that the site would not find is refused before anything runs", async () => {
  const { code, stderr } = await command(newFolder(), "methods", "--export", "cards.json");
  expect(stderr).toMatch(/--export cards\.json: the site looks for methods\.json/);
  expect(code).toBe(2);
});

test("a file that cannot be loaded has a card all the same: its name, and why", async () => {
  const file = join(newFolder(), "broken.ts");
  writeFileSync(file, 'import "./nowhere.ts";\n');
  const card = await methodCard("broken", file, await checkInSandbox(file, { budget: 60 }));
  expect(methodCardsSchema.parse({ version: 1, methods: [card] }).methods).toEqual([card]);
  expect(card).toMatchObject({ id: "broken", title: "broken", conformance: [{ check: "loads", outcome: "failed" }] });
  expect(card.conformance[0]?.line).toMatch(/nowhere\.ts/);
}, 120_000);

test("the dense control has a card too, of the version that its results name", async () => {
  const { methods } = methodCardsSchema.parse({ version: 1, methods: [await denseSmallCard()] });
  expect(methods[0]).toMatchObject({ id: "dense-small", family: "control", conformance: [] });
});
