import { readdirSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import util from "node:util";
import { type Engine, EngineError } from "../../engine.ts";
import { registerPortableKernels } from "../../kernels/portable.ts";
import { readVectorFeatures } from "../../machine.ts";
import { tf } from "../../tf.ts";
import type { TensorflowBackend } from "./backend.ts";
import {
  INSTALL_TENSORFLOW,
  readTensorflowInstallation,
  type TensorflowInstallation,
  tensorflowFolder,
} from "./installation.ts";
import { registerTensorflowKernels } from "./kernels.ts";
import { registerTensorflowPass } from "./optimiser-pass.ts";

/** Name under which tfjs-node registers its kernels. */
const BACKEND_NAME = "tensorflow";

/** tfjs-node was written for a Node that still had these. */
function restoreNodeUtil(): void {
  Object.assign(util, {
    isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
    isArray: (value: unknown): boolean => Array.isArray(value),
  });
}

/** The binding of a tfjs-node package, built for the highest version of Node-API. */
function findBinding(packageFolder: string): string {
  const folders = readdirSync(join(packageFolder, "lib")).filter((name) => name.startsWith("napi-v"));
  folders.sort((a, b) => Number(a.slice(6)) - Number(b.slice(6)));
  return join(packageFolder, "lib", folders.at(-1) ?? "napi-v8", "tfjs_binding.node");
}

/** Where this package's TensorFlow.js lies, by the names tfjs-node asks for. */
function ownModules(): ReadonlyMap<string, string> {
  const tfjs = createRequire(import.meta.url).resolve("@tensorflow/tfjs");
  const core = createRequire(tfjs).resolve("@tensorflow/tfjs-core");
  return new Map([
    ["@tensorflow/tfjs", pathToFileURL(tfjs).href],
    ["@tensorflow/tfjs-core", pathToFileURL(core).href],
  ]);
}

/**
 * Loads tfjs-node's backend and kernels, with this package's TensorFlow.js in place of its own: tensors, gradients and
 * kernels of two copies would not know each other. Its main file is left out: that wants tfjs's layers and its own
 * savers, which nothing here uses.
 */
function loadBackend(packageFolder: string): TensorflowBackend {
  const ours = ownModules();
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const url = ours.get(specifier);
      return url === undefined ? next(specifier, context) : { url, format: "commonjs", shortCircuit: true };
    },
  });
  try {
    restoreNodeUtil();
    // 2 leaves warnings out: TensorFlow greets with a page about CPU features and absent GPUs.
    process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
    const require = createRequire(join(packageFolder, "package.json"));
    require("./dist/register_all_kernels");
    const { NodeJSKernelBackend } = require("./dist/nodejs_kernel_backend") as {
      NodeJSKernelBackend: new (binding: unknown, packageName: string) => TensorflowBackend;
    };
    const { name } = require("./package.json") as { name: string };
    return new NodeJSKernelBackend(require(findBinding(packageFolder)), name);
  } finally {
    hooks.deregister();
  }
}

/** The widest vectors this processor has: TensorFlow takes them, and with them come other last bits. */
function widestVectors(): string {
  const features = readVectorFeatures();
  const known = { avx512f: "AVX-512", avx2: "AVX2", avx: "AVX" };
  return Object.entries(known).find(([feature]) => features.includes(feature))?.[1] ?? "no AVX";
}

function openInstallation(installation: TensorflowInstallation): Engine {
  tf.enableProdMode();
  let backend: TensorflowBackend;
  try {
    backend = loadBackend(resolve(tensorflowFolder(), installation.package));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError(
      `tensorflow engine: it is installed but does not load: ${reason}. Run ${INSTALL_TENSORFLOW} again`,
      { cause: error },
    );
  }
  tf.registerBackend(BACKEND_NAME, () => backend);
  registerTensorflowKernels(BACKEND_NAME, backend);
  registerTensorflowPass(BACKEND_NAME, backend);
  registerPortableKernels(BACKEND_NAME);
  const { isUsingGpuDevice, binding } = backend;
  const arithmetic = `float32, TensorFlow on ${isUsingGpuDevice ? "GPU" : `CPU, ${widestVectors()}`}`;
  return { name: "tensorflow", version: `TensorFlow ${binding.TF_Version}`, arithmetic };
}

let opened: Engine | null = null;

/**
 * Opens TensorFlow through tfjs-node. Safe to call again.
 * @param installation what to open; by default, what the installer left
 * @throws EngineError when it is not installed or does not load
 */
export async function openTensorflowEngine(
  installation: TensorflowInstallation | null = readTensorflowInstallation(),
): Promise<Engine> {
  if (installation === null) {
    throw new EngineError(`tensorflow engine: not installed. ${INSTALL_TENSORFLOW} installs it`);
  }
  opened ??= openInstallation(installation);
  await tf.setBackend(BACKEND_NAME);
  return opened;
}
