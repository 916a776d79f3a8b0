import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { startGuest, type Wall, wallsHere } from "./launch.ts";

vi.setConfig({ testTimeout: 120_000 });

const folder = realpathSync(mkdtempSync(join(tmpdir(), "ticketbench-walls-")));
const CLI = fileURLToPath(new URL("../cli.ts", import.meta.url));
const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url));

/** Runs code where a guest would run, without the guest's own lockdown; returns what it printed. */
async function behindTheWalls(code: string, wall?: Wall | null): Promise<string> {
  const entry = join(folder, `entry-${Math.trunc(performance.now() * 1000)}.mjs`);
  writeFileSync(
    entry,
    `try { ${code} } catch (error) { console.log(error.code ?? error.message, error.permission ?? ""); }`,
  );
  const own = wall === undefined ? {} : { wall };
  const guest = startGuest({ entry, files: [entry], heap: 256, processorSeconds: 20, ...own });
  let output = "";
  guest.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  guest.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(guest, "close");
  return output.trim();
}

const builtIn = (name: string): string => `process.getBuiltinModule("${name}")`;
const secret = join(folder, "secret.txt");
writeFileSync(secret, "secret");

test.each([
  [
    "a file beside it",
    `console.log(${builtIn("fs")}.readFileSync("${secret}", "utf8"))`,
    /^ERR_ACCESS_DENIED FileSystemRead$/,
  ],
  [
    "the data sets' code, which makes the answers",
    `await import("${REPOSITORY}packages/data-vqa/src/index.ts")`,
    /^ERR_ACCESS_DENIED/,
  ],
  [
    "another room through the links of node_modules",
    `console.log(${builtIn("fs")}.readFileSync("${REPOSITORY}node_modules/@ticketbench/results/package.json", "utf8"))`,
    /^ERR_ACCESS_DENIED FileSystemRead$/,
  ],
  [
    "the published results",
    `console.log(${builtIn("fs")}.readdirSync("${REPOSITORY}results"))`,
    /^ERR_ACCESS_DENIED FileSystemRead$/,
  ],
  [
    "its own environment",
    `console.log(${builtIn("fs")}.readFileSync("/proc/self/environ", "utf8"))`,
    /^ERR_ACCESS_DENIED/,
  ],
  ["this process's memory", `console.log(${builtIn("fs")}.openSync("/proc/${process.pid}/mem"))`, /^ERR_ACCESS_DENIED/],
  [
    "another process's environment",
    `console.log(${builtIn("fs")}.readFileSync("/proc/1/environ", "utf8"))`,
    /^ERR_ACCESS_DENIED FileSystemRead$/,
  ],
])("a guest cannot read %s", async (_, code, says) => {
  expect(await behindTheWalls(code)).toMatch(says);
});

test.each([
  ["write", `${builtIn("fs")}.writeFileSync("${folder}/new.txt", "x")`, /^ERR_ACCESS_DENIED FileSystemWrite$/],
  ["start a process", `${builtIn("child_process")}.execFileSync("/bin/true")`, /^ERR_ACCESS_DENIED ChildProcess$/],
  [
    "start a thread",
    `new (${builtIn("worker_threads")}.Worker)("1", { eval: true })`,
    /^ERR_ACCESS_DENIED WorkerThreads$/,
  ],
  [
    "open a database",
    `new (process.getBuiltinModule("node:sqlite").DatabaseSync)("${folder}/new.db")`,
    /undefined|No such/,
  ],
  ["make a link", `${builtIn("fs")}.symlinkSync("${secret}", "${folder}/new.txt")`, /^ERR_ACCESS_DENIED/],
  ["open the debugger", `${builtIn("inspector")}.open(0)`, /^ERR_ACCESS_DENIED/],
  ["bind Node's internals", `process.binding("spawn_sync")`, /^ERR_ACCESS_DENIED|No such binding|undefined/],
  ["load native code", `process.dlopen({ exports: {} }, "/lib/x86_64-linux-gnu/libc.so.6")`, /^ERR_DLOPEN_DISABLED/],
  ["make code from text", `new Function("return 1")()`, /Code generation from strings/],
])("a guest cannot %s", async (_, code, says) => {
  expect(await behindTheWalls(code)).toMatch(says);
  expect(existsSync(join(folder, "new.txt")) || existsSync(join(folder, "new.db"))).toBe(false);
});

test("a guest's environment is empty", async () => {
  expect(await behindTheWalls("console.log(Object.keys(process.env).join())")).toMatch(/^(PWD|SHLVL|_|,)*$/);
});

test("a guest that outlives whoever watches it is ended by the kernel", async () => {
  const entry = join(folder, "endless.mjs");
  writeFileSync(entry, "for (;;);");
  const guest = startGuest({ entry, files: [entry], heap: 256, processorSeconds: 1 });
  const [code, signal] = (await once(guest, "close")) as [number | null, string | null];
  expect([code, signal]).not.toEqual([0, null]);
});

const walls = wallsHere();
if (walls.length < 3)
  console.warn(`NOT TRIED: of unshare, unshare-as-root and bwrap ${walls.join(", ") || "none"} works here`);

describe.each(walls)("behind %s", (wall) => {
  test("a guest reaches no server, not on this very machine either", async () => {
    const { answer, visitors } = await knock(wall);
    expect(answer).toMatch(/ENETUNREACH|ECONNREFUSED|EPERM/);
    expect(visitors).toBe(0);
  });

  test("a guest has nobody to kill", async () => {
    expect(await behindTheWalls(`process.kill(${process.pid}, 0); console.log("seen")`, wall)).toMatch(/ESRCH|EPERM/);
  });

  test("a guest may write nothing, and has no environment", async () => {
    const write = `${builtIn("fs")}.writeFileSync("${folder}/new.txt", "x")`;
    expect(await behindTheWalls(write, wall)).toMatch(/^ERR_ACCESS_DENIED FileSystemWrite$/);
    expect(await behindTheWalls("console.log(Object.keys(process.env).join())", wall)).toMatch(/^(PWD|SHLVL|_|,)*$/);
  });

  test("a guest that outlives whoever watches it is ended by the kernel, and so is all that was around it", async () => {
    const entry = join(folder, `endless-${wall}.mjs`);
    writeFileSync(entry, "for (;;);");
    const guest = startGuest({ entry, files: [entry], heap: 256, processorSeconds: 1, wall });
    expect(await once(guest, "close")).not.toEqual([0, null]);
  });
});

test("without a wall a guest reaches the network: what the warning says is so", async () => {
  const { answer, visitors } = await knock(null);
  expect(answer).toBe("connected");
  expect(visitors).toBe(1);
});

/** Lets a guest call a server of this machine. */
async function knock(wall: Wall | null): Promise<{ answer: string; visitors: number }> {
  let visitors = 0;
  const server = createServer((socket) => (visitors++, socket.end())).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const code = `await new Promise((settle, fail) => ${builtIn("net")}.connect(${port}, "127.0.0.1", settle).on("error", fail)); console.log("connected")`;
  const answer = await behindTheWalls(code, wall);
  server.close();
  return { answer, visitors };
}

describe("the wall of a command", () => {
  const check = (wall: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [CLI, "check", "magnitude"], {
      encoding: "utf8",
      env: { ...process.env, TICKETBENCH_WALL: wall },
    });

  test("is left out only with a loud word, and the method is checked all the same", () => {
    const { status, stdout, stderr } = check("none");
    expect(stderr).toMatch(
      /^WARNING: TICKETBENCH_WALL=none leaves out the network namespace: .*keep it off the network\./,
    );
    expect(stdout).toMatch(/^magnitude: \d+ passed, \d+ warned, 0 failed$/m);
    expect(status).toBe(0);
  });

  test("is the one that is named, or nothing runs", () => {
    const { status, stdout, stderr } = check("wal");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe("error: TICKETBENCH_WALL=wal: expected unshare, unshare-as-root, bwrap or none\n");
    for (const wall of walls) expect(check(wall)).toMatchObject({ status: 0, stderr: "" });
  });
});
