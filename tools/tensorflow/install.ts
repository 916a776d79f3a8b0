import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EngineError } from "@ticketbench/backend";
import {
  clearTensorflowInstallation,
  readTensorflowInstallation,
  TENSORFLOW_SELF_TEST,
  type SelfTestReport,
  type TensorflowInstallation,
  tensorflowFolder,
  writeTensorflowInstallation,
} from "@ticketbench/backend/node";
import { buildBinding, findNodeHeaders, requireCompiler } from "./binding.ts";
import { CUDA, CUDA_PLACES, TENSORFLOW_CPU, TENSORFLOW_GPU, TENSORFLOW_PLACES, TFJS_NODE } from "./pins.ts";
import { run } from "./run.ts";
import { fetchWheel, requirePip, unpackWheel, type Wheel } from "./wheels.ts";

const ROOT = fileURLToPath(new URL("../../package.json", import.meta.url));
const GIB = 2 ** 30;

/** Trains one step on that TensorFlow in a process of its own, because a broken library can end the process. */
function selfTest(packageFolder: string): SelfTestReport {
  const candidate: TensorflowInstallation = { package: packageFolder, tensorflow: "", gpu: false };
  const child = spawnSync(process.execPath, [TENSORFLOW_SELF_TEST, JSON.stringify(candidate)], { encoding: "utf8" });
  if (child.status === 0) return JSON.parse(child.stdout.trim().split("\n").at(-1) ?? "") as SelfTestReport;
  return { passed: false, reason: `it ended with ${child.signal ?? `exit code ${child.status}`}: ${child.stderr}` };
}

/** Folders of tfjs-node packages that the user installed beside this project. */
function findOwnPackages(gpu: boolean): { name: string; folder: string }[] {
  const require = createRequire(ROOT);
  const names = gpu ? [`${TFJS_NODE.name}-gpu`] : [`${TFJS_NODE.name}-gpu`, TFJS_NODE.name];
  return names.flatMap((name) => {
    try {
      return [{ name, folder: dirname(require.resolve(`${name}/package.json`)) }];
    } catch {
      return [];
    }
  });
}

function adoptOwnPackage(gpu: boolean): boolean {
  for (const { name, folder } of findOwnPackages(gpu)) {
    const test = selfTest(folder);
    if (test.passed) {
      const installation = { package: folder, tensorflow: test.tensorflow, gpu: name.endsWith("-gpu") };
      writeTensorflowInstallation(installation);
      console.log(
        `Your ${name} passes the self-test: TensorFlow ${test.tensorflow} on ${test.device} is used as it is.`,
      );
      return true;
    }
    console.log(`Your ${name} does not pass the self-test (${test.reason}): installing another beside it.`);
  }
  return false;
}

function requireMachine(folder: string, gpu: boolean): void {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new EngineError(
      `the wheels used here are for Linux on x64, this is ${process.platform} on ${process.arch}. ` +
        `Where npm install ${TFJS_NODE.name} works, run this command again after it`,
    );
  }
  requirePip();
  requireCompiler();
  findNodeHeaders();
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  const needed = (gpu ? 12 : 1.5) * GIB;
  if (bavail * bsize < needed) {
    const free = ((bavail * bsize) / GIB).toFixed(1);
    throw new EngineError(`${folder}: ${free} GiB free, ${needed / GIB} GiB needed`);
  }
}

/** tfjs-node from npm, without running its scripts. */
function installPackage(folder: string): string {
  const packageFolder = join(folder, "node_modules", TFJS_NODE.name);
  const manifest = {
    private: true,
    dependencies: { [TFJS_NODE.name]: TFJS_NODE.version },
    // The engine loads it with this project's TensorFlow.js.
    overrides: { "@tensorflow/tfjs": "npm:empty-npm-package@1.0.0" },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", ["install", "--prefix", folder, "--ignore-scripts", ...quiet], {
    cwd: folder,
    failed: `npm could not install ${TFJS_NODE.name}: see its message above`,
  });
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
    packages: Record<string, { integrity?: string }>;
  };
  const integrity = lock.packages[`node_modules/${TFJS_NODE.name}`]?.integrity;
  if (integrity !== TFJS_NODE.integrity) {
    for (const name of ["node_modules", "package-lock.json"]) rmSync(join(folder, name), { recursive: true });
    throw new EngineError(`${TFJS_NODE.name}: integrity is ${integrity}, expected ${TFJS_NODE.integrity}; deleted`);
  }
  return packageFolder;
}

/** TensorFlow's libraries and headers in `deps`, and CUDA's beside them: complete or not there at all. */
async function installLibraries(folder: string, tensorflow: Wheel, cuda: readonly Wheel[]): Promise<void> {
  const libraries = join(folder, "deps");
  const marker = join(libraries, "WHEELS");
  const wanted = [tensorflow, ...cuda].map(({ name, version, sha256 }) => `${name} ${version} ${sha256}\n`).join("");
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return;
  rmSync(libraries, { recursive: true, force: true });
  const unfinished = join(folder, "deps.unfinished");
  rmSync(unfinished, { recursive: true, force: true });
  const downloads = join(folder, "downloads");
  unpackWheel(await fetchWheel(tensorflow, downloads), unfinished, TENSORFLOW_PLACES);
  for (const wheel of cuda) unpackWheel(await fetchWheel(wheel, downloads), unfinished, CUDA_PLACES);
  writeFileSync(join(unfinished, "WHEELS"), wanted);
  renameSync(unfinished, libraries);
  rmSync(downloads, { recursive: true });
}

async function step(number: number, what: string, work: () => void | Promise<void>): Promise<void> {
  console.log(`[${number}/4] ${what} ...`);
  const start = performance.now();
  await work();
  console.log(`      done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/**
 * Installs the tensorflow engine. What is already whole is kept; the stamp that makes the engine count as installed is
 * written last, after a training step was run on it.
 * @param gpu with CUDA
 * @throws EngineError saying what is missing and how to get it
 */
export async function installTensorflow(gpu: boolean): Promise<void> {
  const folder = tensorflowFolder();
  const before = readTensorflowInstallation();
  if (before !== null && (before.gpu || !gpu) && selfTest(before.package).passed) {
    console.log(`TensorFlow ${before.tensorflow}${before.gpu ? " with CUDA" : ""} is installed already in ${folder}.`);
    return;
  }
  clearTensorflowInstallation();
  if (adoptOwnPackage(gpu)) return;
  requireMachine(folder, gpu);
  console.log(`Installing the tensorflow engine into ${folder}`);
  const tensorflow = gpu ? TENSORFLOW_GPU : TENSORFLOW_CPU;
  const packageFolder = join(folder, "node_modules", TFJS_NODE.name);
  await step(1, `${TFJS_NODE.name} ${TFJS_NODE.version} from npm`, () => void installPackage(folder));
  await step(2, `${tensorflow.name} ${tensorflow.version}${gpu ? " and CUDA" : ""} from PyPI`, () =>
    installLibraries(folder, tensorflow, gpu ? CUDA : []),
  );
  await step(3, "compiling the binding", () => buildBinding(folder, packageFolder));
  await step(4, "self-test: one training step", () => {
    const relative = join("node_modules", TFJS_NODE.name);
    const test = selfTest(relative);
    if (!test.passed) throw new EngineError(`the self-test failed: ${test.reason}`);
    writeTensorflowInstallation({ package: relative, tensorflow: test.tensorflow, gpu });
    console.log(`      TensorFlow ${test.tensorflow} on ${test.device}`);
  });
  console.log("The tensorflow engine is installed: use it with --engine tensorflow.");
}
