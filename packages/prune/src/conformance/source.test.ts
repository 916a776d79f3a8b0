import { expect, test } from "vitest";
import { sourceText } from "./source.ts";

test.each([
  ['import { readFile } from "node:fs/promises";', /imports node:fs\/promises/],
  ['import data from "@ticketbench/data-vqa";', /imports @ticketbench\/data-vqa/],
  ['import data from "../../../data-vqa/src/index.ts";', /imports \.\.\/\.\.\/\.\.\/data-vqa/],
  ['import minival from "./minival.json" with { type: "json" };', /imports \.\/minival\.json/],
  ["const random = randomStream(0, name);", /makes random numbers of its own/],
  ["const data = await fetch('https://example.org/minival.json');", /fetches from the network/],
  ["const data = await import(name);", /imports at run time/],
  ["const data = process.env.DATA;", /reads the process/],
  ["const seed = Date.now();", /reads the clock/],
  ["try { score(); } catch { console.log('error'); }", /catches an error and goes on/],
] as const)("the kit's look at the source catches %s", (source, says) => {
  expect(sourceText(source)).toMatchObject({ status: "failed", message: expect.stringMatching(says) as string });
});

test("the look at the source takes comments and texts for what they are, and a rethrow for an error let through", () => {
  const source = `import { z } from "zod"; // fetch(x)
import { cubicSparsity } from "../cubic.ts";
import { rank } from "./rank.ts";
/* process.env */ const text = "Date.now() and import(x)";
try { work(); } catch (cause) { throw new Error("while working", { cause }); }
export default defineMethod({ title: "T" });`;
  expect(sourceText(source).status).toBe("passed");
});
