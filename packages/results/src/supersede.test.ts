import { describe, expect, it } from "vitest";
import { sampleHash, sampleTicket } from "./sample-result.ts";
import { currentResults, historyOf, resultName } from "./supersede.ts";

const first = sampleTicket({}, 80);
const second = { ...first, supersedes: first.id };
const third = { ...first, id: sampleHash(500), supersedes: `${first.id}.2` };
const other = sampleTicket({ seed: 1 }, 80);

describe("superseded results", () => {
  it("have names that say which cell and which revision", () => {
    expect([first, second, third].map(resultName)).toEqual([first.id, `${first.id}.2`, third.id]);
  });

  it("are left out of the current ones, whatever the order", () => {
    expect(currentResults([first, second, other])).toEqual([second, other]);
    expect(currentResults([third, other, second, first])).toEqual([third, other]);
    expect(currentResults([other, structuredClone(other)])).toEqual([other]);
  });

  it("stay to be seen in the history", () => {
    expect(historyOf(third, [first, other, second, third])).toEqual([third, second, first]);
    expect(historyOf(other, [first, other])).toEqual([other]);
  });

  it("that replace each other in a circle do not hang a page", () => {
    const [left, right] = [sampleHash(1), sampleHash(2)];
    const a = { ...first, id: left, supersedes: right };
    const b = { ...first, id: right, supersedes: left };
    expect(historyOf(a, [a, b])).toEqual([a, b]);
    expect(currentResults([a, b])).toEqual([]);
  });
});
