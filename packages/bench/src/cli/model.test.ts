import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initialise, lxmertConfig, parameterCount, type Weights } from "@ticketbench/model";
import { readSafetensors, writeSafetensors } from "@ticketbench/model/node";
import { beforeAll, expect, test } from "vitest";
import { command, newFolder } from "../fixtures/arithmetic-run.ts";

const QUERY = "lxrt_encoder.model.bert.encoder.layer.0.attention.self.query.weight";
let folder: string;
let weights: Weights;
const model = (...words: string[]) => command(folder, "model", ...words);

beforeAll(async () => {
  folder = newFolder();
  const layers = { language: 1, object: 1, cross: 1 };
  const sizes = { hidden: 8, heads: 2, intermediate: 16, vocabulary: 20, positions: 8, featureWidth: 4, answers: 3 };
  weights = initialise(lxmertConfig({ ...sizes, layers }), 0);
  weights.get(QUERY)?.values.fill(0, 0, 40);
  await writeSafetensors(join(folder, "tiny.safetensors"), weights);
});

test("a checkpoint is shown tensor by tensor, its zeros by module", async () => {
  const { code, stdout } = await model("inspect", "tiny.safetensors");
  expect(code).toBe(0);
  expect(stdout).toMatch(/layer.0.attention.self.query.weight +F32 +\[8, 8\] +64$/m);
  const parameters = parameterCount(weights).toLocaleString("en");
  expect(stdout).toContain(`tiny.safetensors: ${weights.size} tensors, ${parameters} parameters`);
  expect(stdout).toMatch(new RegExp(`^total +${parameters} `, "m"));
  expect(stdout).toMatch(/^encoder matrices +[\d,]+ +40 /m);
});

test("the same as JSON counts every parameter and every zero once", async () => {
  const { stdout } = await model("inspect", "tiny.safetensors", "--json");
  const shown = JSON.parse(stdout) as {
    parameters: number;
    tensors: { name: string; shape: number[]; dtype: string; parameters: number }[];
    ledger: { modules: Record<string, { size: number; pruned: number }>; total: { size: number; pruned: number } };
  };
  expect(shown.tensors.map(({ name }) => name)).toEqual([...weights.keys()]);
  expect(shown.tensors.reduce((sum, tensor) => sum + tensor.parameters, 0)).toBe(shown.parameters);
  const zeros = [...weights.values()].reduce(
    (sum, { values }) => sum + values.filter((value) => value === 0).length,
    0,
  );
  expect(shown.ledger.total).toMatchObject({ size: shown.parameters, pruned: zeros });
  const modules = Object.values(shown.ledger.modules);
  expect(modules.reduce((sum, { size }) => sum + size, 0)).toBe(shown.parameters);
  expect(modules.reduce((sum, { pruned }) => sum + pruned, 0)).toBe(zeros);
});

test("weights of another model have no ledger", async () => {
  await writeSafetensors(
    join(folder, "other.safetensors"),
    new Map([["w", { shape: [2], values: new Float32Array(2) }]]),
  );
  const { stdout } = await model("inspect", "other.safetensors", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ parameters: 2, ledger: null });
});

test("PyTorch's files, new and legacy, are shown with the types they hold", async () => {
  for (const name of ["nested.pth", "nested_legacy.pth"]) {
    const file = fileURLToPath(new URL(`../../../model/fixtures/weights/${name}`, import.meta.url));
    const { stdout } = await model("inspect", file);
    expect(stdout).toMatch(/^a +F32 +\[2, 3\] +6\nb +I64 +\[4\] +4$/m);
  }
});

test("a checkpoint is converted to half the width and back, value by value", async () => {
  const half = await model("convert", "tiny.safetensors", "new/half.safetensors", "--type", "fp16");
  expect(half.stdout).toMatch(/^new\/half.safetensors: \d+ tensors, [\d,]+ parameters as fp16, [\d.]+ kB$/m);
  expect((await model("inspect", "new/half.safetensors")).stdout).toMatch(/ F16 +\[8, 8\]/);
  expect((await model("convert", "new/half.safetensors", "full.safetensors")).code).toBe(0);
  const read = await readSafetensors(join(folder, "full.safetensors"));
  for (const [name, { values }] of weights)
    expect(read.get(name)?.values).toEqual(values.map((value) => Math.f16round(value)));
  const sizes = ["tiny.safetensors", "new/half.safetensors"].map((name) => statSync(join(folder, name)).size);
  expect(sizes[0]).toBeGreaterThan(1.3 * (sizes[1] as number));
});

test("a name of a kind of file that is not written is refused, and nothing is there", async () => {
  for (const name of ["out.pth", "new/out.bin", "out.SAFETENSORS.gz"]) {
    const { code, stderr } = await model("convert", "tiny.safetensors", name);
    expect(stderr).toBe(
      `error: ${name}: checkpoints are written as safetensors; let the new file's name end in .safetensors\n`,
    );
    expect({ code, isThere: existsSync(join(folder, name)) }).toEqual({ code: 2, isThere: false });
  }
});

test("what no file can be, or does not fit into 16 bits, ends with 2", async () => {
  const missing = await model("inspect", "nowhere.pth");
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("nowhere.pth: cannot be read") as string });
  await writeSafetensors(
    join(folder, "huge.safetensors"),
    new Map([["w", { shape: [2], values: Float32Array.of(1, 7e4) }]]),
  );
  const taken = await model("convert", "tiny.safetensors", ".");
  expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining("is a folder; name the new file") as string });
  const huge = await model("convert", "huge.safetensors", "h.safetensors", "--type", "fp16");
  expect(huge).toMatchObject({ code: 2, stderr: expect.stringContaining("w holds 70000 at index 1") as string });
});
