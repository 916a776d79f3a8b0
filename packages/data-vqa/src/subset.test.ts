import { expect, test } from "vitest";
import { generateMiniVqa } from "./mini/generate.ts";
import { firstImages } from "./subset.ts";

const split = generateMiniVqa().split("minival");

test("a subset has all questions about its images, and no others", () => {
  const { questions } = firstImages(split, 6);
  const images = new Set(questions.map(({ imageId }) => imageId));
  expect(images.size).toBe(6);
  expect(split.questions.filter(({ imageId }) => images.has(imageId))).toEqual(questions);
  expect(firstImages(split, 1_000_000)).toEqual({ name: "minival", questions: split.questions });
  expect(() => firstImages(split, 0)).toThrow(/subset of 0 images/);
});
