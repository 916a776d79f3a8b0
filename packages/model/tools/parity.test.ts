import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const tool = fileURLToPath(new URL("parity.ts", import.meta.url));
const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
const FORWARD = "forward/one_token_one_box.safetensors";

function parity(...parameters: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [tool, ...parameters], { encoding: "utf8" });
}

describe("the parity command", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "parity-command-"));
    for (const file of ["config.json", "weights/vqa.safetensors", FORWARD, "ops/schedule.json"])
      cpSync(join(fixtures, file), join(folder, file));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("prints one line a file and exits 0 when all pass", () => {
    const { status, stdout } = parity(folder);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^engine wasm: /);
    expect(lines.slice(1, 3).map((line) => line.slice(0, 24))).toEqual([
      "passed  ops/schedule.jso",
      "passed  forward/one_toke",
    ]);
    expect(lines.at(-1)).toBe("2 of 2 files passed");
    expect(status).toBe(0);
  });

  it("says which files it leaves to the data package", () => {
    const place = mkdtempSync(join(tmpdir(), "parity-data-"));
    cpSync(join(fixtures, "ops/schedule.json"), join(place, "ops/schedule.json"));
    cpSync(join(fixtures, "ops/schedule.json"), join(place, "eval/official/expected.json"));
    const { status, stdout } = parity(place);
    rmSync(place, { recursive: true });
    expect(stdout).toContain("1 of 1 files passed\n(1 files of eval/ and tsv/ are about data");
    expect(status).toBe(0);
  });

  it("goes on past a file that fails, and exits 1", () => {
    const path = join(folder, FORWARD);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length - 8));
    const { status, stdout } = parity(folder);
    writeFileSync(path, whole);
    expect(stdout).toMatch(/^FAILED {2}forward\/one_token_one_box\.safetensors: .*truncated/m);
    expect(stdout).toContain("1 of 2 files passed");
    expect(status).toBe(1);
  });

  it.each([
    [[], "usage: npm run parity"],
    [["/no/such/folder"], "/no/such/folder: no such directory"],
    [[fixtures, "--engine", "abacus"], "no engine abacus"],
    [[join(fixtures, "train")], "holds no file of expected values"],
  ])("refuses %j with exit 2", (parameters, message) => {
    const { status, stderr } = parity(...parameters);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
