import { mkdirSync, writeFileSync } from "node:fs";
import { connect, type AddressInfo } from "node:net";
import { join } from "node:path";
import { once } from "node:events";
import { expect, test } from "vitest";
import { newFolder } from "../fixtures/arithmetic-run.ts";
import { pageServer } from "./static-server.ts";

async function rawGet(port: number, path: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

test("pages of the folder are served with their types, and nothing outside it", async () => {
  const root = newFolder();
  const pages = join(root, "pages");
  mkdirSync(join(pages, "about"), { recursive: true });
  writeFileSync(join(pages, "index.html"), "home");
  writeFileSync(join(pages, "about", "index.html"), "about");
  writeFileSync(join(root, "secret.txt"), "secret");
  const server = pageServer(pages).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    expect(await rawGet(port, "/")).toMatch(/200 OK[^]*text\/html[^]*home/);
    expect(await rawGet(port, "/about/?q=1")).toMatch(/200 OK[^]*about/);
    for (const path of ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%00", "/%ff", "/none", "//"]) {
      expect(await rawGet(port, path)).not.toContain("secret");
    }
    expect(await rawGet(port, "/none")).toMatch(/404/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
