import { openCpuEngine } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { z } from "zod";
import { checkMethod, type CheckSettings } from "../conformance/check-method.ts";
import type { Finding } from "../conformance/finding.ts";
import type { Method } from "../define-method.ts";

const engines = [() => openEngine("wasm"), () => openCpuEngine()] as const;
/** The card of a method with one fault. */
export const card = {
  title: "Planted",
  idea: "A method with one fault.",
  family: "gradient",
  cite: "@misc{planted, title = {Planted}}",
  params: z.strictObject({}),
  needs: "nothing",
  nests: false,
} as const;

/** The finding of one check; the kit goes no further than that. */
export async function finding(method: Method, check: string, settings: Partial<CheckSettings> = {}): Promise<Finding> {
  for await (const found of checkMethod(method, { engines, ...settings })) if (found.check === check) return found;
  throw new Error(`the kit has no check called "${check}"`);
}
