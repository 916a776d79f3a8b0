import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EngineError, openCpuEngine } from "../../engine.ts";
import { runKernelForOne } from "../../ops/kernel.ts";
import { adamStep } from "../../ops/optimiser-pass.ts";
import { dropoutFactors, type DropoutSite } from "../../random/dropout.ts";
import { testableEngines } from "../../testing/engines.ts";
import { tf } from "../../tf.ts";
import { openTensorflowEngine } from "./engine.ts";
import {
  clearTensorflowInstallation,
  readTensorflowInstallation,
  tensorflowFolder,
  writeTensorflowInstallation,
} from "./installation.ts";

describe("an installation", () => {
  let parent: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "engines-"));
    vi.stubEnv("TICKETBENCH_ENGINES", parent);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(parent, { recursive: true });
  });

  test("counts from its stamp on, and no longer when the stamp is taken back", () => {
    mkdirSync(join(tensorflowFolder(), "node_modules"), { recursive: true });
    expect(readTensorflowInstallation()).toBeNull();
    const installation = { package: "node_modules/x", tensorflow: "2.21.0", gpu: true };
    writeTensorflowInstallation(installation);
    expect(readTensorflowInstallation()).toEqual(installation);
    clearTensorflowInstallation();
    expect(readTensorflowInstallation()).toBeNull();
  });

  test.each(["{}", '{"package": 1}', "half a file"])("refuses a stamp that says %s", (text) => {
    mkdirSync(tensorflowFolder(), { recursive: true });
    writeFileSync(join(tensorflowFolder(), "installed.json"), text);
    expect(() => readTensorflowInstallation()).toThrow(EngineError);
    expect(() => readTensorflowInstallation()).toThrow("npm run engine:tensorflow");
  });

  test("that is not there, or does not load, is an error that names the command", async () => {
    await expect(openTensorflowEngine(null)).rejects.toThrow("not installed. npm run engine:tensorflow installs it");
    const broken = { package: "nothing", tensorflow: "2.21.0", gpu: false };
    await expect(openTensorflowEngine(broken)).rejects.toThrow(EngineError);
  });

  test("is given this project's TensorFlow.js, wherever it lies", async () => {
    const folder = join(parent, "tfjs-node");
    mkdirSync(join(folder, "dist"), { recursive: true });
    const found = 'require("@tensorflow/tfjs").backend().ours && require("@tensorflow/tfjs-core").backend().ours';
    writeFileSync(join(folder, "dist/register_all_kernels.js"), `throw new Error("ours: " + (${found}));`);
    await openCpuEngine();
    Object.assign(tf.backend(), { ours: "yes" });
    const installation = { package: folder, tensorflow: "2.21.0", gpu: false };
    await expect(openTensorflowEngine(installation)).rejects.toThrow("ours: yes");
  });
});

describe.each(testableEngines(["tensorflow"]))("the %s engine", () => {
  test("drops exactly what the reference drops, bit for bit", async () => {
    await openTensorflowEngine();
    const words = { key0: 4042322160, key1: 3123456789, step: 70000, site: 5 };
    const site: DropoutSite = { threshold: 6554, scale: Math.fround(1.1), ...words };
    for (const count of [1, 31, 32, 33, 4097]) {
      const factors = runKernelForOne<tf.Tensor>("DropoutFactors", {}, { site, shape: [count] });
      expect(factors.dataSync()).toEqual(dropoutFactors(site, count));
      factors.dispose();
    }
  });

  test("keeps what it is given: a tensor cloned before a step of the optimiser keeps its values", async () => {
    await openTensorflowEngine();
    const [parameter, firstMoment, secondMoment] = [1, 2, 3].map((value) => tf.variable(tf.fill([4], value)));
    const before = parameter!.clone();
    const slot = { parameter: parameter!, firstMoment: firstMoment!, secondMoment: secondMoment!, mask: null };
    const rates = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-6, weightDecay: 0 };
    adamStep(slot, tf.ones([4]), { ...rates, correction1: 1, correction2: 1, gradientScale: 1 });
    expect(before.dataSync()).toEqual(new Float32Array(4).fill(1));
    expect(parameter!.dataSync()[0]).not.toBe(1);
  });
});
