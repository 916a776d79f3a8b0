import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import chromiumPackage from "@sparticuz/chromium";
import { chromium, type Browser } from "playwright-core";

const ROOT = new URL("../../../node_modules/", import.meta.url);

/** No part of the browser may talk to anyone, and text looks the same on every machine. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-default-apps",
  "--disable-dev-shm-usage",
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
  "--hide-scrollbars",
];

/** Unpacks the Chromium of the locked npm package once, into a folder of its own version. */
async function packagedChromium(): Promise<string> {
  const manifest = readFileSync(new URL("@sparticuz/chromium/package.json", ROOT), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const folder = fileURLToPath(new URL(`.cache/chromium-${version}`, ROOT));
  mkdirSync(folder, { recursive: true });
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    chromiumPackage.setGraphicsMode = false;
    return await chromiumPackage.executablePath();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

/** A port of the loopback interface that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/**
 * Starts a real Chromium: the one CHROMIUM_PATH names, else the packaged one.
 *
 * @param debuggingPort for tools that drive the browser themselves
 * @throws Error saying what to do when neither starts: a browser test is never skipped
 */
export async function launchBrowser(debuggingPort?: number): Promise<Browser> {
  const chosen = process.env["CHROMIUM_PATH"];
  if (chosen !== undefined && !existsSync(chosen)) {
    throw new Error(
      `CHROMIUM_PATH names ${chosen}, which does not exist: name a Chromium, or unset it to use the packaged one`,
    );
  }
  const args = debuggingPort === undefined ? FLAGS : [...FLAGS, `--remote-debugging-port=${String(debuggingPort)}`];
  try {
    return await chromium.launch({ executablePath: chosen ?? (await packagedChromium()), headless: true, args });
  } catch (cause) {
    const message =
      "No Chromium starts here, so the site cannot be tested. The packaged one is for x64 Linux; elsewhere set CHROMIUM_PATH to a Chromium or Chrome.";
    throw new Error(message, { cause });
  }
}
