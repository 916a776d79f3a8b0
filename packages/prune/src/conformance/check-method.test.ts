import { openCpuEngine } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { expect, test } from "vitest";
import { loadMethod, methodNames } from "../method-files.ts";
import { checkMethod } from "./check-method.ts";

const engines = [() => openEngine("wasm"), () => openCpuEngine()] as const;

test.each(await methodNames())(
  "the kit passes %s",
  async (name) => {
    const failures: string[] = [];
    for await (const { status, check, message } of checkMethod(await loadMethod(name), { engines })) {
      if (status === "failed") failures.push(`${check}: ${message}`);
    }
    expect(failures).toEqual([]);
  },
  120_000,
);
