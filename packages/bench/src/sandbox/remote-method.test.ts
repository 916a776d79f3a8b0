import { openEngine } from "@ticketbench/backend/node";
import { hashMask, Laboratory, type Method } from "@ticketbench/prune";
import { loadMethod } from "@ticketbench/prune/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { remoteMethod } from "./remote-method.ts";
import { Sandbox } from "./sandbox.ts";

vi.setConfig({ testTimeout: 120_000 });

const REQUEST = { scope: "encoder-matrices", seed: 1 } as const;
let lab: Laboratory;
beforeAll(async () => {
  await openEngine("wasm");
  lab = new Laboratory();
});
afterAll(() => lab.dispose());

async function inSandbox<T>(name: string, work: (method: Method, sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = await Sandbox.open(name);
  try {
    return await work(remoteMethod(sandbox, REQUEST), sandbox);
  } finally {
    await sandbox.close();
  }
}

// A score, a draw, questions' inputs, gradients, updated weights, training, a changing mask, a mask of its own, a control.
test.each(["magnitude", "random", "wanda", "snip", "sparsegpt", "imp", "movement", "rigl", "n-m", "shuffle"])(
  "%s makes the same mask and weights in a sandbox as without one",
  async (name) => {
    const own = await lab.try(await loadMethod(name), { sparsity: 0.5 });
    const remote = await inSandbox(name, (method) => lab.try(method, { sparsity: 0.5 }));
    expect(await hashMask(remote.mask)).toBe(await hashMask(own.mask));
    expect(remote.resolution).toBe(own.resolution);
    for (const [parameter, { values }] of own.weights)
      expect(remote.weights.get(parameter)?.values, parameter).toEqual(values);
  },
);

test("a card comes over whole, an as-coded method's labels too", async () => {
  const own = await loadMethod("thesis-high");
  await inSandbox("thesis-high", (method) => {
    expect(method).toMatchObject({ title: own.title, cite: own.cite, family: "as-coded", nests: false });
    expect(method.asCoded?.label(0.3)).toBe(own.asCoded?.label(0.3));
    expect(() => method.asCoded?.label(0.12345)).toThrow(/whole thousandths/);
    return Promise.resolve();
  });
});

test("parameters are completed by the method's own schema, and refused by it", async () => {
  await inSandbox("imp", async (_, sandbox) => {
    expect(await sandbox.parameters({})).toMatchObject({ rounds: 3 });
    await expect(sandbox.parameters({ rounds: 0 })).rejects.toThrow(/parameter rounds/);
  });
});

test("after its sandbox is closed a method says so", async () => {
  const sandbox = await Sandbox.open("magnitude");
  await sandbox.close();
  await expect(sandbox.parameters({})).rejects.toThrow(/its sandbox is closed/);
});
