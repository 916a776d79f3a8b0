import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { newFolder } from "../fixtures/arithmetic-run.ts";
import { openBrowser } from "./browser.ts";

const ADDRESS = "http://localhost:4321/?a=1&b=2";
afterEach(() => vi.unstubAllEnvs());

/** A folder, alone on the path, with a program of this name that notes what it was given. */
function pathWith(program: string): { readonly noted: () => string } {
  const folder = newFolder();
  const note = join(folder, "note.txt");
  // A test's path has no other program on it: what the script needs, it names in full.
  writeFileSync(
    join(folder, program),
    `#!/bin/sh\nprintf '%s\\n' "$@" > "${note}.part"\n/bin/mv "${note}.part" "${note}"\n`,
  );
  chmodSync(join(folder, program), 0o755);
  vi.stubEnv("PATH", folder);
  return { noted: () => (existsSync(note) ? readFileSync(note, "utf8") : "") };
}

test.each([
  ["linux", "xdg-open", `${ADDRESS}\n`],
  ["freebsd", "xdg-open", `${ADDRESS}\n`],
  ["darwin", "open", `${ADDRESS}\n`],
  ["win32", "cmd.exe", `/c\nstart\n""\n${ADDRESS}\n`],
] as const)("on %s the address goes to %s as one word", async (platform, program, words) => {
  const { noted } = pathWith(program);
  expect(await openBrowser(ADDRESS, platform)).toBe(true);
  await vi.waitFor(() => expect(noted()).toBe(words), { timeout: 20_000 });
});

test("a machine without an opener is told of, and nothing fails", async () => {
  vi.stubEnv("PATH", newFolder());
  expect(await openBrowser(ADDRESS, "linux")).toBe(false);
});
