import { expect, test } from "vitest";
import { toYaml } from "./yaml.ts";

test("a study reads as one would write it", () => {
  const study = {
    name: "mini-grid",
    recipe: { epochs: 4, learningRate: 0.00005, empty: {} },
    methods: ["magnitude", { id: "n-m", params: { n: 2 } }],
    seeds: [0, 1, 2],
    note: null,
  };
  expect(toYaml(study)).toBe(`name: mini-grid
recipe:
  epochs: 4
  learningRate: 0.00005
  empty: {}
methods:
  - magnitude
  - id: n-m
    params:
      "n": 2
seeds: [0, 1, 2]
note: null
`);
});

test("words that YAML would read as something else are quoted", () => {
  expect(toYaml({ a: "yes", b: "1.5", c: "x: y", d: "", e: "- z" })).toBe(
    'a: "yes"\nb: "1.5"\nc: "x: y"\nd: ""\ne: "- z"\n',
  );
});
