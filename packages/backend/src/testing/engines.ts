import { test } from "vitest";
import { ENGINE_NAMES, type EngineName } from "../engine.ts";
import { readTensorflowInstallation } from "../engines/tensorflow/installation.ts";
import { provideVulkan } from "./software-vulkan.ts";

function whyNot(name: EngineName): string | null {
  if (name === "tensorflow" && readTensorflowInstallation() === null) {
    return "not installed (npm run engine:tensorflow installs it)";
  }
  if (name === "webgpu" && provideVulkan() === null) return "no Vulkan driver, not even a software one";
  return null;
}

/** Those engines that this machine can run tests on; each other one is announced as a skipped test. */
export function testableEngines(among: readonly EngineName[] = ENGINE_NAMES): EngineName[] {
  return among.filter((name) => {
    const reason = whyNot(name);
    if (reason === null) return true;
    console.log(`Skipped: the tests on the ${name} engine: ${reason}`);
    test.skip(`on the ${name} engine: ${reason}`, () => undefined);
    return false;
  });
}
