import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createTree } from "@nx/devkit/testing";
import { expect, test } from "vitest";
import { loadStudy } from "../../src/study/load.ts";
import generate, { studyFile } from "./generator.ts";

test("a study is made, and stands in nobody's way", () => {
  const tree = createTree();
  generate(tree, { name: "mine" });
  expect(tree.read("configs/mine.yaml", "utf8")).toBe(studyFile("mine"));
  expect(() => generate(tree, { name: "mine" })).toThrow(/configs\/mine\.yaml is there already/);
});

test("a generated study can be read where it is written", () => {
  const file = fileURLToPath(new URL("../../../../configs/generated-by-a-test.yaml", import.meta.url));
  writeFileSync(file, studyFile("generated-by-a-test"));
  try {
    expect(loadStudy(file, [])).toMatchObject({ name: "generated-by-a-test", sparsities: [0.5, 0.8] });
  } finally {
    rmSync(file);
  }
});
