import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asCalled } from "../commands/invocation.ts";
import { command, newFolder } from "../fixtures/arithmetic-run.ts";

const CONTENT = Buffer.from("[]\n");
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

let server: Server;
let folder: string;
let url: string;

beforeAll(async () => {
  server = createServer((_request, response) =>
    response.writeHead(200, { "content-length": CONTENT.length }).end(CONTENT),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  folder = newFolder();
});

function writeManifest(...files: Record<string, unknown>[]): void {
  const all = files.map((file) => ({ name: "train.json", urls: [url], ...file }));
  writeFileSync(join(folder, "m.json"), JSON.stringify({ name: "small", licence: "CC0 1.0", files: all }));
}

const fetch = () => command(folder, "data", "fetch", "vqa-v2", "--out", "vqa", "--manifest", "m.json");
const doctor = () => command(folder, "data", "doctor", "vqa", "--manifest", "m.json");

test("the doctor's next command, word for word, fetches what is missing; then the next one is to check it", async () => {
  writeManifest({ sha256: SHA256 }, { name: "minival.json", bytes: CONTENT.length });
  const before = await doctor();
  expect(before.stdout).toMatch(/^missing {3}train.json\nmissing {3}minival.json$/m);
  const next = before.stdout.trim().split("\n").at(-1)?.trim();
  expect(next).toBe("ticketbench data fetch vqa-v2 --out vqa --manifest m.json");
  const fetched = await command(folder, ...(next ?? "").split(" ").slice(1));
  expect(fetched).toMatchObject({ code: 0, stderr: "" });
  expect(fetched.stdout).toMatch(/^CC0 1.0\n2 of 2 files to fetch; .* free in vqa\n/);
  expect(fetched.stdout).toContain(`minival.json: 3 B, sha256 ${SHA256}`);
  expect(readFileSync(join(folder, "vqa", "train.json"))).toEqual(CONTENT);
  const after = await doctor();
  expect(after.stdout).toMatch(/^2 of 2 files of vqa-v2 are in vqa; next\n {2}ticketbench data check vqa$/m);
  expect((await fetch()).stdout).toMatch(/^0 of 2 files to fetch, 0 B;/m);
});

test("a file that is not what was published is an error, and leaves the others fetched", async () => {
  writeManifest({ sha256: "0".repeat(64) }, { name: "minival.json" });
  const { code, stderr } = await fetch();
  expect(code).toBe(2);
  expect(stderr).toMatch(/train.json could not be fetched; run again to go on/);
  expect((await doctor()).stdout).toMatch(/^missing {3}train.json\npresent {3}minival.json$/m);
});

test.each([
  [{ bytes: 1e15 }, /vqa: 1000000.0 GB are to come, .* are free; name another disk/],
  [{ name: "../train.json" }, /m.json: files: 0: name: .*expected a path inside the folder/],
  [{ urls: ["ftp://example.org/x"] }, /m.json: files: 0: urls: 0: .*expected an address that begins with http/],
  [{ url: "x" }, /m.json: files: 0: url: unknown key "url": did you mean "urls"\?/],
])("a manifest that cannot be is told before anything is fetched: %j", async (file, message) => {
  writeManifest(file);
  const { code, stderr } = await fetch();
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

test("a dataset that nobody knows is told, and a manifest that is not there", async () => {
  const unknown = await command(folder, "data", "fetch", "vqa-v3", "--out", "vqa");
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "vqa-v2"') as string });
  expect(await fetch()).toMatchObject({ code: 2, stderr: expect.stringContaining("--manifest m.json") as string });
});

test("who came through the npm script is told to go on through it", () => {
  expect(asCalled("ticketbench data check x", "ticketbench")).toBe("npm run ticketbench -- data check x");
  expect(asCalled("rm x && ticketbench data fetch y", "ticketbench")).toBe(
    "rm x && npm run ticketbench -- data fetch y",
  );
  expect(asCalled("ticketbench data check x", "test")).toBe("ticketbench data check x");
});
