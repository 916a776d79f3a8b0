import { expect, test } from "vitest";
import { describeMachine, vectorFeatures } from "./machine.ts";

test("finds the vector extensions in what Linux says about x64 and arm64 processors", () => {
  const x64 = "processor\t: 0\nflags\t\t: fpu sse4_2 avx avx2 fma avx512f avx512_vnni aes\nbugs\t\t: none\n";
  expect(vectorFeatures(x64)).toEqual(["sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_vnni"]);
  expect(vectorFeatures("Features\t: fp asimd aes asimddp sve\n")).toEqual(["asimd", "asimddp", "sve"]);
  expect(vectorFeatures("")).toEqual([]);
});

test("describes this machine", async () => {
  const machine = await describeMachine();
  expect(machine.node).toBe(process.version);
  expect(machine.cpu.threads).toBeGreaterThan(0);
  expect(machine.memory).toBeGreaterThan(2 ** 28);
  expect(machine.disk.free).toBeGreaterThan(0);
});

test("a folder that is not there is an error", async () => {
  await expect(describeMachine("/no/such/folder")).rejects.toThrow("/no/such/folder");
});
