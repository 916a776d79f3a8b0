import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TFJS_NODE } from "./tensorflow/pins.ts";

const PROGRAM = fileURLToPath(new URL("./engine-tensorflow.ts", import.meta.url));

let scratch: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "engine-tensorflow-"));
  mkdirSync(join(scratch, "bin"));
});

afterEach(() => {
  rmSync(scratch, { recursive: true });
});

/** A program of that name, in a path that holds nothing else. */
function pretend(name: string, script: string): void {
  const file = join(scratch, "bin", name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** An npm that leaves a tfjs-node of that integrity. */
function pretendNpm(integrity: string): void {
  const name = `node_modules/${TFJS_NODE.name}`;
  const lock = JSON.stringify({ packages: { [name]: { integrity } } });
  pretend("npm", `/bin/mkdir -p ${name}\necho '${lock}' > package-lock.json`);
}

function install(...args: string[]): { status: number | null; output: string } {
  const env = { PATH: join(scratch, "bin"), NODE_PATH: join(scratch, "own"), TICKETBENCH_ENGINES: scratch };
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { env, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

function expectNothingInstalled(): void {
  expect(existsSync(join(scratch, "tensorflow/installed.json"))).toBe(false);
  expect(existsSync(join(scratch, "tensorflow/deps"))).toBe(false);
}

test("says what to install where Python or the compiler is missing", () => {
  const withoutPython = install();
  expect(withoutPython).toMatchObject({ status: 2 });
  expect(withoutPython.output).toContain("python3 with pip is needed");
  pretend("python3", "exit 0");
  const withoutCompiler = install();
  expect(withoutCompiler).toMatchObject({ status: 2 });
  expect(withoutCompiler.output).toContain("g++ is needed");
  expectNothingInstalled();
});

test("looks at the user's own tfjs-node first, and goes on when it does not work", () => {
  const own = join(scratch, "own", TFJS_NODE.name);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "package.json"), JSON.stringify({ name: TFJS_NODE.name, version: TFJS_NODE.version }));
  const { status, output } = install();
  expect(output).toMatch(/Your @tensorflow\/tfjs-node does not pass the self-test[^]*python3 with pip is needed/);
  expect(status).toBe(2);
  expectNothingInstalled();
});

test("refuses a wheel that is not the pinned one, and keeps nothing of it", () => {
  pretend("g++", "exit 0");
  pretend("python3", "exit 0");
  pretendNpm(TFJS_NODE.integrity);
  const folder = join(scratch, "tensorflow");
  mkdirSync(join(folder, "downloads"), { recursive: true });
  const wheel = join(folder, "downloads/tensorflow_cpu-2.21.0-x.whl");
  writeFileSync(wheel, "no wheel");
  const { status, output } = install();
  expect(output).toMatch(/sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}/);
  expect(status).toBe(2);
  expect(readdirSync(join(folder, "downloads"))).toEqual([]);
  expectNothingInstalled();
});

test("refuses a tfjs-node that is not the pinned one", () => {
  pretend("g++", "exit 0");
  pretend("python3", "exit 0");
  pretendNpm("sha512-other");
  const { status, output } = install();
  expect(output).toContain("integrity is sha512-other");
  expect(status).toBe(2);
  expectNothingInstalled();
});

test("a download that fails ends the installation with pip's words above", () => {
  pretend("g++", "exit 0");
  pretend("python3", '[ "$3" = download ] && { echo no route to host >&2; exit 1; }\nexit 0');
  pretendNpm(TFJS_NODE.integrity);
  const { status, output } = install();
  expect(output).toMatch(/no route to host[^]*pip could not download tensorflow-cpu==2\.21\.0/);
  expect(status).toBe(2);
  expectNothingInstalled();
});

test("an unknown option is refused", () => {
  const { status, output } = install("--cuda");
  expect(status).toBe(2);
  expect(output).toContain("--cuda");
});
