/** Sizes of the smallest network that has every part: for tests. */
export const TINY = {
  hidden: 8,
  heads: 2,
  intermediate: 12,
  layers: { language: 1, object: 1, cross: 1 },
  vocabulary: 20,
  positions: 10,
  featureWidth: 5,
  answers: 6,
} as const;
