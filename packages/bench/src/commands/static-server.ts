import { createReadStream, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { once } from "node:events";
import { StudyError } from "../study/error.ts";
import { openBrowser } from "./browser.ts";

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

/** The port that a command's `--port` names; 0 takes any free one. Throws StudyError for what is none. */
export function parsePort(words: string): number {
  const port = Number(words);
  if (!/^\d{1,5}$/.test(words) || port > 65_535)
    throw new StudyError(`--port ${words}: expected a number from 0 up to 65535`);
  return port;
}

/**
 * Serves a folder of pages to this machine's browser until Ctrl-C, at a free port where the wanted one is taken; says the
 * address, and opens the browser on it where that is asked for and there is one.
 */
export async function serveFolder(folder: string, port: number, { open }: { open: boolean }): Promise<void> {
  const server = pageServer(folder);
  const end = once(process, "SIGINT");
  const address = `http://localhost:${await listen(server, port)}/`;
  const opened = open && (await openBrowser(address));
  console.log(opened ? `opening ${address} in the browser (Ctrl-C ends)` : `open ${address} (Ctrl-C ends)`);
  await end;
  server.closeAllConnections();
  server.close();
}

/** Starts to listen on this machine alone; returns the port. */
async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    console.log(`port ${port} is taken by another program`);
    return listen(server, 0);
  }
}

/** A server of the files below `folder` and of nothing else. */
export function pageServer(folder: string): Server {
  return createServer((request, response) => {
    const asked = fileFor(folder, request.url ?? "/");
    // As the hosts of static sites do.
    const file = asked ?? fileFor(folder, "/404.html");
    if (file === null) {
      response.writeHead(404, { "content-type": "text/plain" }).end("no such page\n");
      return;
    }
    response.writeHead(asked === null ? 404 : 200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    });
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
