import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the committed kernels are what their sources compile to", () => {
  const script = fileURLToPath(new URL("./build-kernels.ts", import.meta.url));
  const run = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  expect(run.stderr + run.stdout).toBe("");
  expect(run.status).toBe(0);
});
