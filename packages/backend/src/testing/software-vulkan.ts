import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** SwiftShader, a GPU in software, and the Vulkan loader: they come with the browser that the site is tested in. */
const ARCHIVE = join(ROOT, "node_modules/@sparticuz/chromium/bin/swiftshader.tar.br");

const SYSTEM_LOADERS = ["/usr/lib/x86_64-linux-gnu/libvulkan.so.1", "/usr/lib64/libvulkan.so.1"];

/** Stay loaded although Node closes what is no Node module (dlfcn.h). */
const RTLD_NODELETE = 0x1000;

function unpack(): string {
  const folder = join(ROOT, ".ticketbench/software-vulkan");
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const input = brotliDecompressSync(readFileSync(ARCHIVE));
  const tar = spawnSync("tar", ["-x", "-C", unfinished], { input });
  if (tar.status !== 0) throw new Error(`${ARCHIVE} could not be unpacked: ${tar.stderr?.toString() ?? tar.error}`);
  try {
    renameSync(unfinished, folder);
  } catch {
    rmSync(unfinished, { recursive: true }); // another process was faster
  }
  return folder;
}

/**
 * Makes a Vulkan driver available to this process: the system's, or the software one.
 * @returns what it is; null when there is neither
 */
export function provideVulkan(): string | null {
  if (SYSTEM_LOADERS.some((file) => existsSync(file))) return "the system's Vulkan driver";
  if (process.platform !== "linux" || process.arch !== "x64" || !existsSync(ARCHIVE)) return null;
  const folder = unpack();
  process.env["VK_ICD_FILENAMES"] = join(folder, "vk_swiftshader_icd.json");
  try {
    // Dawn asks for the loader by its bare name, and gets the one that is loaded already.
    process.dlopen({ exports: {} }, join(folder, "libvulkan.so.1"), constants.dlopen.RTLD_LAZY | RTLD_NODELETE);
  } catch {
    // It is no Node module, as Node says now, having loaded it.
  }
  return "SwiftShader";
}
