import { spawn } from "node:child_process";
import { once } from "node:events";

/** The program that opens an address in a person's browser, by platform; what follows it are its own words. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["open"],
  // `start` belongs to the shell; its first quoted word would be a window's title.
  win32: ["cmd.exe", "/c", "start", '""'],
};

/**
 * Asks the platform to open an address in the browser. True where its opener was started; false where this machine has
 * none, as a server has not: nothing fails then, for the address is printed anyway. The browser outlives this process.
 */
export async function openBrowser(address: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const [opener = "xdg-open", ...words] = OPENERS[platform] ?? [];
  const child = spawn(opener, [...words, address], { stdio: "ignore", detached: true, windowsHide: true });
  child.unref();
  // Node emits exactly one of the two; `once` rejects on "error".
  return once(child, "spawn").then(
    () => true,
    () => false,
  );
}
