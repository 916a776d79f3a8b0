import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { studyJsonSchema } from "./study.ts";

test("the schema that editors read is the one of this code (ticketbench schema > schemas/study.json)", () => {
  const file = new URL("../../../../schemas/study.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(studyJsonSchema());
});
