import { createRequire } from "node:module";
import { type Engine, EngineError } from "../../engine.ts";
import { registerPortableKernels } from "../../kernels/portable.ts";
import { tf } from "../../tf.ts";
import { registerWebgpuKernels, type WebgpuBackend } from "./kernels.ts";

/** Name under which tfjs registers its WebGPU kernels. */
const BACKEND_NAME = "webgpu";

/** What npm's `webgpu` gives: Dawn, Chromium's WebGPU, as a Node module. */
type Dawn = typeof import("webgpu");

async function loadDawn(): Promise<Dawn> {
  try {
    return await import("webgpu");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError(`webgpu engine: Dawn does not load: ${reason}. npm install webgpu@0.6.2 installs it`, {
      cause: error,
    });
  }
}

/** Limits that tfjs's kernels want raised from WebGPU's small defaults to what the adapter has. */
const RAISED_LIMITS = [
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

async function requestAdapter(gpu: GPU): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter !== null) return adapter;
  throw new EngineError(
    "webgpu engine: no GPU with a Vulkan driver was found. Install the GPU's driver and the Vulkan loader " +
      "(Debian and Ubuntu: apt-get install libvulkan1, and mesa-vulkan-drivers or NVIDIA's driver)",
  );
}

/** A device that ends the process on an error: tfjs would compute on with wrong numbers. */
async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredLimits });
  device.addEventListener("uncapturederror", ({ error }) => {
    // Out of the callback, where an exception would be swallowed.
    setImmediate(() => {
      throw new Error(`webgpu engine: ${error.message}`);
    });
  });
  return device;
}

/**
 * tfjs's backend on our device. Its package is imported before there is a `navigator.gpu`, so that it registers its
 * kernels but no backend of its own, with a device that has lower limits and keeps quiet about errors.
 */
async function createBackend(dawn: Dawn): Promise<{ backend: WebgpuBackend; info: GPUAdapterInfo }> {
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  // tfjs would compute small tensors in JavaScript: one engine, one arithmetic.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  Object.assign(globalThis, dawn.globals);
  Object.defineProperty(navigator, "gpu", { value: dawn.create([]), configurable: true });
  const adapter = await requestAdapter(navigator.gpu);
  const backend = new WebGPUBackend(await requestDevice(adapter), adapter.info);
  return { backend, info: adapter.info };
}

/** Only a browser can wait for a GPU: says so where tfjs would look for the browser's canvas. */
function refuseReadSync(backend: WebgpuBackend): void {
  const stock = backend.readSync.bind(backend);
  backend.readSync = (dataId) => {
    const onGpu = backend.tensorMap.get(dataId).values == null;
    if (onGpu) throw new Error("webgpu engine: values can only be read with await tensor.data(), not with dataSync");
    return stock(dataId);
  };
}

async function open(): Promise<Engine> {
  tf.enableProdMode();
  const { backend, info } = await createBackend(await loadDawn());
  const { version: dawnVersion } = createRequire(import.meta.url)("webgpu/package.json") as { version: string };
  refuseReadSync(backend);
  tf.registerBackend(BACKEND_NAME, () => backend);
  registerWebgpuKernels(BACKEND_NAME, backend);
  registerPortableKernels(BACKEND_NAME);
  return {
    name: "webgpu",
    version: `tfjs ${tf.version_core}, webgpu ${dawnVersion}`,
    arithmetic: `float32, WebGPU on ${[info.vendor, info.description || info.device].filter(Boolean).join(" ")}`,
  };
}

let opened: Promise<Engine> | null = null;

/**
 * Opens tfjs's WebGPU backend on Dawn: any GPU with a Vulkan driver. Safe to call again. Values can be read with
 * `await tensor.data()` only, never with `dataSync`.
 * @throws EngineError when Dawn is not installed or finds no GPU
 */
export async function openWebgpuEngine(): Promise<Engine> {
  opened ??= open();
  const engine = await opened;
  await tf.setBackend(BACKEND_NAME);
  return engine;
}
