import { expect, test } from "vitest";
import { sampleHash, sampleTicket } from "./sample-result.ts";
import { chainProblems } from "./supersede-chains.ts";

const first = sampleTicket({}, 80);
const second = { ...first, supersedes: first.id };
const third = { ...first, supersedes: `${first.id}.2` };

const messages = (...results: (typeof first)[]) => chainProblems(results).map(({ message }) => message);

test("a history of revisions, and of a cell whose code changed, is whole", () => {
  const newer = sampleTicket({ id: sampleHash(99), supersedes: `${first.id}.3` }, 80);
  expect(messages(third, first, newer, second)).toEqual([]);
});

test("a result that replaces one that is missing or of another cell is named", () => {
  expect(messages(first, third)).toEqual([`supersedes ${first.id}.2, which is not there`]);
  const other = { ...sampleTicket({ seed: 1 }, 80), supersedes: first.id };
  expect(messages(first, other)[0]).toMatch(
    /another cell \(mini ticket magnitude 0.5 0 encoder, not .* 0.5 1 encoder\)/,
  );
});

test("two results that replace one, and a history that is a circle, are named", () => {
  const rival = sampleTicket({ id: sampleHash(99), supersedes: first.id }, 80);
  expect(messages(first, second, rival)).toEqual([expect.stringMatching(/which .*\.2 supersedes already/)]);
  const [a, b] = [sampleHash(1), sampleHash(2)];
  const circle = [sampleTicket({ id: a, supersedes: b }, 80), sampleTicket({ id: b, supersedes: a }, 80)];
  expect(messages(...circle)).toEqual(["its history leads back to itself", "its history leads back to itself"]);
});
