import fc from "fast-check";
import { expect, test } from "vitest";
import { columns } from "./columns.ts";

test("columns are as wide as they must be, and numbers end under one another", () => {
  const table = columns(
    ["name", "n"],
    [
      ["a", "5"],
      ["longer", "1,200"],
    ],
    { right: [1] },
  );
  expect(table).toBe("name        n\n─────────────\na           5\nlonger  1,200");
});

test("the last column is broken between words, and nothing of it is lost", () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  const rows = fc.array(fc.tuple(word, fc.array(word, { minLength: 1, maxLength: 12 })), { minLength: 1 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 24, max: 60 }), (pairs, width) => {
      const table = columns(
        ["first", "second"],
        pairs.map(([first, words]) => [first, words.join(" ")]),
        { width },
      );
      const lines = table.split("\n");
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      const said = lines.slice(2).join(" ").split(/ +/);
      expect(said).toEqual(pairs.flatMap(([first, words]) => [first, ...words]));
    }),
  );
});
