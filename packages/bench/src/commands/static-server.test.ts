import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, type AddressInfo } from "node:net";
import { join } from "node:path";
import { once } from "node:events";
import { expect, test } from "vitest";
import { newFolder } from "../fixtures/arithmetic-run.ts";
import { pageServer, parsePort } from "./static-server.ts";

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
    expect(await rawGet(port, "/none")).toMatch(/404[^]*no such page/);
    writeFileSync(join(pages, "404.html"), "lost");
    expect(await rawGet(port, "/none")).toMatch(/404[^]*text\/html[^]*lost/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test.each(["x", "-1", "65536", "1e3", ""])("a port called %j is none", (words) => {
  expect(() => parsePort(words)).toThrow(/expected a number from 0 up to 65535/);
});

/** Serves a folder in a process of its own until its address is said, then presses Ctrl-C. */
async function served(port: number, env: NodeJS.ProcessEnv): Promise<{ said: string; code: unknown }> {
  const module = new URL("./static-server.ts", import.meta.url).href;
  const code = `const { serveFolder } = await import(${JSON.stringify(module)});
    await serveFolder(${JSON.stringify(newFolder())}, ${port}, { open: true });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  let said = "";
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes("(Ctrl-C ends)")) child.kill("SIGINT");
  }
  return { said, code: (await closed)[0] };
}

test("the browser is opened on the address that is said, and Ctrl-C ends the server", async () => {
  const path = newFolder();
  symlinkSync("/bin/true", join(path, process.platform === "darwin" ? "open" : "xdg-open"));
  const { said, code } = await served(0, { PATH: path });
  expect(said).toMatch(/^opening http:\/\/localhost:\d+\/ in the browser \(Ctrl-C ends\)\n$/);
  expect(code).toBe(0);
}, 60_000);

test("without a browser, and where the port is taken, pages are served all the same and the address is said", async () => {
  const other = pageServer(newFolder()).listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { said, code } = await served(port, { PATH: newFolder() });
  expect(said).toMatch(
    new RegExp(`^port ${port} is taken by another program\nopen http://localhost:\\d+/ \\(Ctrl-C ends\\)\n$`),
  );
  expect(said).not.toContain(`localhost:${port}/`);
  expect(code).toBe(0);
  other.close();
}, 60_000);
