import { createReadStream, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { once } from "node:events";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".xml": "application/xml",
};

/** Serve a folder of pages to this machine's browser until Ctrl-C; says the address. Port 0 takes any free one. */
export async function serveFolder(folder: string, port: number): Promise<void> {
  const server = pageServer(folder);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  console.log(`open http://localhost:${(server.address() as AddressInfo).port}/ (Ctrl-C ends)`);
  await once(process, "SIGINT");
  server.closeAllConnections();
  server.close();
}

/** A server of the files below `folder` and of nothing else. */
export function pageServer(folder: string): Server {
  return createServer((request, response) => {
    const file = fileFor(folder, request.url ?? "/");
    if (file === null) {
      response.writeHead(404, { "content-type": "text/plain" }).end("no such page\n");
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
}

function fileFor(folder: string, url: string): string | null {
  let path: string;
  try {
    path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
  } catch {
    return null;
  }
  // An absolute path cannot climb: normalize has taken every ".." out of it.
  const candidates = [join(folder, path), join(folder, path, "index.html"), join(folder, `${path}.html`)];
  return candidates.find((file) => !file.includes("\0") && statSync(file, { throwIfNoEntry: false })?.isFile()) ?? null;
}
