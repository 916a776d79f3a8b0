import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../error.ts";
import { makeZip } from "../testing/zip.ts";
import { downloadFile } from "./download.ts";
import { examineFolder } from "./doctor.ts";
import { fetchDataset, fileState } from "./fetch.ts";
import { readRecord } from "./record.ts";
import { type SourceFile, sourceManifest, SOURCES } from "./sources.ts";

const CONTENT = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 31 + (i >> 7)) % 251));
const GARBAGE = Buffer.from(CONTENT).reverse();
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

const ARCHIVE = makeZip([
  { name: "data/train.json", content: Buffer.from("[]") },
  { name: "data/a_obj36.tsv", content: Buffer.from("not yet a feature file") },
]);

type Behaviour = (request: IncomingMessage, response: ServerResponse, visit: number) => void;
let server: Server;
let base: string;
let visits: Map<string, { range: string | undefined }[]>;
let folder: string;

const rangeStart = ({ headers }: IncomingMessage) => Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
const head = (start: number, body: Buffer, etag = '"v1"') => ({
  "content-length": body.length - start,
  "content-type": "application/octet-stream",
  etag,
  ...(start > 0 ? { "content-range": `bytes ${start}-${body.length - 1}/${body.length}` } : {}),
});

/** A well-behaved server of a body. */
const serve =
  (body: Buffer, etag?: string): Behaviour =>
  (request, response) => {
    const start = rangeStart(request);
    response.writeHead(start > 0 ? 206 : 200, head(start, body, etag));
    response.end(body.subarray(start));
  };
/** Cuts the connection after `bytes` of each answer, `times` times. */
const cutting =
  (bytes: number, times: number, ranges = true): Behaviour =>
  (request, response, visit) => {
    const start = ranges ? rangeStart(request) : 0;
    if (visit >= times)
      return ranges ? serve(CONTENT)(request, response, visit) : ignoringRange(CONTENT)(request, response, visit);
    response.writeHead(start > 0 ? 206 : 200, head(start, CONTENT));
    response.write(CONTENT.subarray(start, start + bytes), () => response.destroy());
  };
const ignoringRange =
  (body: Buffer): Behaviour =>
  (_request, response) => {
    response.writeHead(200, head(0, body));
    response.end(body);
  };
const status =
  (code: number, times = Infinity): Behaviour =>
  (request, response, visit) => {
    if (visit >= times) return serve(CONTENT)(request, response, visit);
    response.writeHead(code, code === 302 ? { location: "/good" } : {});
    response.end("sorry");
  };

const behaviours: Record<string, Behaviour> = {
  "/good": serve(CONTENT),
  "/cuts": cutting(30_000, 4),
  "/cuts-and-ignores-range": cutting(150_000, 2, false),
  "/always-cuts-at-once": (_request, response) => {
    response.writeHead(200, head(0, CONTENT));
    response.write(CONTENT.subarray(0, 10), () => response.destroy());
  },
  "/garbage": serve(GARBAGE, '"other"'),
  "/short": serve(CONTENT.subarray(0, 150_000)),
  "/claims-more": (_request, response) => {
    response.writeHead(200, { ...head(0, CONTENT), "content-length": CONTENT.length + 5000 });
    response.write(CONTENT, () => response.destroy());
  },
  "/wrong-range": (request, response) => {
    const start = rangeStart(request);
    response.writeHead(206, head(start + 7, CONTENT));
    response.end(CONTENT.subarray(start + 7));
  },
  "/web-page": (_request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end("<html>log in first</html>");
  },
  "/stalls": (_request, response) => {
    response.writeHead(200, head(0, CONTENT));
    response.write(CONTENT.subarray(0, 1000));
  },
  "/no-length": (_request, response) => {
    response.write(CONTENT.subarray(0, 100_000));
    response.end(CONTENT.subarray(100_000));
  },
  "/changes": (request, response, visit) => {
    if (visit > 0) return serve(CONTENT, '"v2"')(request, response, visit);
    response.writeHead(200, head(0, GARBAGE, '"v1"'));
    response.write(GARBAGE.subarray(0, 50_000), () => response.destroy());
  },
  "/all-but-range": (_request, response) => {
    response.writeHead(416, { "content-range": `bytes */${CONTENT.length}` });
    response.end();
  },
  "/zip": (request, response, visit) => serve(ARCHIVE)(request, response, visit),
  "/missing": status(404),
  "/busy": status(503, 2),
  "/broken": status(500),
  "/moved": status(302),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    const seen = visits.get(path) ?? [];
    visits.set(path, [...seen, { range: request.headers.range }]);
    (behaviours[path] ?? status(404))(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  visits = new Map();
  folder = mkdtempSync(join(tmpdir(), "fetch-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const OPTIONS = { backoffMilliseconds: 1, stallMilliseconds: 200, attempts: 3 };
const source = (paths: string[], known: Partial<SourceFile> = {}): SourceFile => ({
  ...{ name: "data.bin", bytes: null, sha256: SHA256 },
  ...{ urls: paths.map((path) => `${base}${path}`), ...known },
});
const target = () => join(folder, "data.bin");
const download = (paths: string[], known?: Partial<SourceFile>) =>
  downloadFile(source(paths, known), target(), OPTIONS);

describe("a download", () => {
  const right = async (paths: string[], from: string, known?: Partial<SourceFile>) => {
    const done = await download(paths, known);
    expect(done).toEqual({ bytes: CONTENT.length, sha256: SHA256, url: `${base}${from}` });
    expect(readFileSync(target()).equals(CONTENT)).toBe(true);
    expect(existsSync(`${target()}.part`) || existsSync(`${target()}.part.json`)).toBe(false);
  };

  test("comes through from a server that behaves, moves, or names no length", async () => {
    await right(["/good"], "/good");
    await right(["/moved"], "/moved");
    await right(["/no-length"], "/no-length");
  });

  test("is resumed where the connection was cut, byte for byte", async () => {
    await right(["/cuts"], "/cuts");
    const starts = visits.get("/cuts")?.map(({ range }) => Number(/\d+/.exec(range ?? "0")?.[0]));
    expect(starts?.length).toBeGreaterThan(3);
    expect(starts).toEqual([...(starts ?? [])].sort((a, b) => a - b));
  });

  test("starts again where the server ignores ranges", async () => {
    await right(["/cuts-and-ignores-range"], "/cuts-and-ignores-range");
  });

  test("waits for a server that is busy", async () => {
    await right(["/busy"], "/busy");
    expect(visits.get("/busy")).toHaveLength(3);
  });

  test("goes to the next mirror after garbage, a web page, a wrong size or range, a lie about length, or silence", async () => {
    const bad = ["/garbage", "/web-page", "/missing", "/broken", "/stalls", "/always-cuts-at-once", "/wrong-range"];
    for (const path of bad) {
      await right([path, "/good"], "/good");
      rmSync(target());
    }
    await right(["/short", "/good"], "/good", { bytes: CONTENT.length });
    await right(["/claims-more", "/good"], "/good", { bytes: CONTENT.length });
  });

  test("takes up an earlier run's part, unless it does not fit", async () => {
    writeFileSync(`${target()}.part`, CONTENT.subarray(0, 90_000));
    await right(["/good"], "/good");
    expect(visits.get("/good")?.[0]?.range).toBe("bytes=90000-");
    writeFileSync(`${target()}.part`, GARBAGE.subarray(0, 90_000));
    await right(["/good"], "/good");
    writeFileSync(`${target()}.part`, CONTENT);
    await right(["/all-but-range"], "/all-but-range");
  });

  test("is never glued from two versions of a file", async () => {
    const done = await download(["/changes"], { sha256: null });
    expect(done.sha256).toBe(SHA256);
    expect(readFileSync(target()).equals(CONTENT)).toBe(true);
  });

  test("that fails everywhere says why for each mirror, and leaves no file under its name", async () => {
    const failing = download(["/garbage", "/missing", "/broken"]);
    await expect(failing).rejects.toThrow(DataError);
    await expect(failing).rejects.toThrow(
      /garbage: served 200000 bytes with sha256 [^]*missing: HTTP status 404[^]*broken: HTTP status 500/,
    );
    expect(existsSync(target())).toBe(false);
  });

  test("does not ask again for a host that no name server knows, nor for its other files", async () => {
    const unknown = ["http://no-such-host.invalid/data.bin", `${base}/good`];
    const troubles: string[] = [];
    const options = { ...OPTIONS, onTrouble: (message: string) => void troubles.push(message) };
    const hosts = new Set<string>();
    const done = await downloadFile({ ...source([]), urls: unknown }, target(), options, hosts);
    expect(done.url).toBe(`${base}/good`);
    expect(hosts).toEqual(new Set(["no-such-host.invalid"]));
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toMatch(/gave up http:\/\/no-such-host.invalid.*is this machine on the network\?/);
    rmSync(target());
    const failing = downloadFile({ ...source([]), urls: unknown.slice(0, 1) }, target(), options, hosts);
    await expect(failing).rejects.toThrow(/no-such-host.invalid could not be found before/);
    expect(troubles).toHaveLength(1);
  });

  test("reports progress and troubles, and can be stopped", async () => {
    const troubles: string[] = [];
    await downloadFile(source(["/cuts"]), target(), { ...OPTIONS, onTrouble: (message) => troubles.push(message) });
    expect(troubles[0]).toMatch(/data.bin: .* at \d+ bytes; trying again/);
    rmSync(target());
    const signal = AbortSignal.timeout(50);
    await expect(
      downloadFile(source(["/stalls"]), target(), { ...OPTIONS, stallMilliseconds: 5000, signal }),
    ).rejects.toThrow(/timeout/);
  });
});

describe("a dataset that is fetched", () => {
  const manifest = (...files: [string, string[], Partial<SourceFile>?][]) =>
    sourceManifest.parse({
      name: "made-up",
      licence: "none",
      files: files.map(([name, paths, known]) => ({ ...source(paths, known), name })),
    });

  test("is recorded with hashes, and not fetched twice", async () => {
    const both = manifest(["a.bin", ["/good"], { sha256: null }], ["b.bin", ["/cuts"]]);
    const record = await fetchDataset(both, folder, OPTIONS);
    expect(record["a.bin"]).toMatchObject({ bytes: CONTENT.length, sha256: SHA256, url: `${base}/good` });
    visits.clear();
    expect(await fetchDataset(both, folder, OPTIONS)).toEqual(record);
    expect(visits.size).toBe(0);
    expect(readRecord(folder)).toEqual(record);
  });

  test("is held to the hash of the first download", async () => {
    const first = manifest(["a.bin", ["/good"], { sha256: null }]);
    await fetchDataset(first, folder, OPTIONS);
    rmSync(join(folder, "a.bin"));
    const second = manifest(["a.bin", ["/garbage"], { sha256: null }]);
    await expect(fetchDataset(second, folder, OPTIONS)).rejects.toThrow(/served 200000 bytes with sha256/);
  });

  test("takes a right file that lies there, and refuses a wrong one without touching it", async () => {
    const only = manifest(["a.bin", ["/missing"]]);
    writeFileSync(join(folder, "a.bin"), CONTENT);
    expect((await fetchDataset(only, folder, OPTIONS))["a.bin"]?.url).toBe("already here");
    writeFileSync(join(folder, "a.bin"), GARBAGE);
    utimesSync(join(folder, "a.bin"), 1, 1);
    await expect(fetchDataset(only, folder, OPTIONS)).rejects.toThrow(/is not the file that was published/);
    expect(readFileSync(join(folder, "a.bin")).equals(GARBAGE)).toBe(true);
  });

  test("is fetched as far as possible when one of its files cannot be had", async () => {
    const some = manifest(["a.bin", ["/missing"]], ["b.bin", ["/good"]]);
    await expect(fetchDataset(some, folder, OPTIONS)).rejects.toThrow(/a.bin could not be fetched/);
    const [a, b] = some.files.map((file) => fileState(file, folder, readRecord(folder)));
    expect([a, b]).toEqual(["missing", "present"]);
  });
});

describe("the state of a dataset's folder", () => {
  test("knows an archive that was unpacked by hand, and fetches it only when something of it is not there", async () => {
    const manifest = sourceManifest.parse({
      ...{ name: "made-up", licence: "none" },
      files: [{ ...source(["/zip"], { sha256: null }), name: "all.zip", holds: ["train.json", "a_obj36.tsv"] }],
    });
    const state = () => examineFolder(manifest, folder).files[0]?.state;
    writeFileSync(join(folder, "train.json"), "[]");
    expect(state()).toBe("missing");
    writeFileSync(join(folder, "a_obj36.tsv"), "by hand");
    expect(state()).toBe("unpacked");
    expect(examineFolder(manifest, folder)).toMatchObject({ complete: true, next: `ticketbench data check ${folder}` });
    expect(await fetchDataset(manifest, folder, OPTIONS)).toEqual({});
    expect(visits.size).toBe(0);
    rmSync(join(folder, "train.json"));
    await fetchDataset(manifest, folder, OPTIONS);
    expect(state()).toBe("present");
  });

  test("names what is there, what is not, and the command that comes next", async () => {
    const manifest = sourceManifest.parse({
      ...{ name: "made-up", licence: "none" },
      files: [
        { ...source(["/zip"], { sha256: null }), name: "all.zip" },
        { ...source(["/good"]), name: "b.bin" },
      ],
    });
    const states = () => examineFolder(manifest, folder).files.map(({ state }) => state);
    expect(states()).toEqual(["missing", "missing"]);
    expect(examineFolder(manifest, folder).next).toBe(`ticketbench data fetch made-up --out ${folder}`);
    writeFileSync(join(folder, "b.bin.part"), CONTENT.subarray(0, 10));
    expect(states()).toEqual(["missing", "partial"]);
    await fetchDataset(manifest, folder, OPTIONS);
    expect(existsSync(join(folder, "all.zip"))).toBe(false);
    const report = examineFolder(manifest, folder);
    expect(report.complete).toBe(true);
    expect(report.stores).toEqual([{ source: join(folder, "a_obj36.tsv"), converted: false }]);
    expect(report.next).toBe(`ticketbench data check ${folder}`);
    visits.clear();
    await fetchDataset(manifest, folder, OPTIONS);
    expect(visits.size).toBe(0);
    writeFileSync(join(folder, "b.bin"), "changed");
    expect(states()).toEqual(["present", "changed"]);
    expect(examineFolder(manifest, folder).next).toMatch(/^rm .*b.bin && ticketbench data fetch/);
    rmSync(join(folder, "train.json"));
    expect(states()).toEqual(["missing", "changed"]);
  });
});

describe("the sources that come with the package", () => {
  test("are well-formed, with mirrors, and would be written inside the folder", () => {
    for (const manifest of Object.values(SOURCES)) {
      const { files } = sourceManifest.parse(manifest);
      expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
    }
    const file = { name: "../outside", urls: ["https://example.org/x"], bytes: null, sha256: null };
    expect(sourceManifest.safeParse({ name: "x", licence: "", files: [file] }).success).toBe(false);
    expect(
      sourceManifest.safeParse({ name: "x", licence: "", files: [{ ...file, name: "in", urls: ["file:///x"] }] })
        .success,
    ).toBe(false);
  });
});
