import { createServer, type Server } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".csv": "text/csv; charset=utf-8",
  ".xml": "application/xml",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

export interface Served {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

async function find(folder: string, base: string, address: string): Promise<{ file: string; body: Buffer } | null> {
  let path = normalize(decodeURIComponent(new URL(address, "http://loopback").pathname));
  if (!path.startsWith(base)) return null;
  path = path.slice(base.length - 1);
  if (path.endsWith("/")) path += "index.html";
  try {
    const file = join(folder, path);
    return { file, body: await readFile(file) };
  } catch {
    return null;
  }
}

/** Serves a built site on the loopback interface under a base path, as a static host would: packed, and unknown addresses get 404.html. */
export async function serveSite(folder: string, base = "/"): Promise<Served> {
  const server: Server = createServer((request, response) => {
    void (async () => {
      const found = await find(folder, base, request.url ?? "/");
      const body = found?.body ?? (await readFile(join(folder, "404.html")).catch(() => "not found"));
      const type = found ? (TYPES[extname(found.file)] ?? "application/octet-stream") : "text/html; charset=utf-8";
      const packed = !type.startsWith("font/") && /\bgzip\b/.test(String(request.headers["accept-encoding"]));
      const headers = { "content-type": type, ...(packed ? { "content-encoding": "gzip" } : {}) };
      response.writeHead(found ? 200 : 404, headers).end(packed ? gzipSync(body) : body);
    })();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () =>
      new Promise((closed) =>
        server.close(() => {
          closed();
        }),
      ),
  };
}
