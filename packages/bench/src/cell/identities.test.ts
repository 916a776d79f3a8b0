import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Training } from "../plan/cell.ts";
import { parseStudy } from "../study/load.ts";
import { identities } from "./identities.ts";

const study = parseStudy({ name: "x", dataset: { kind: "mini-vqa" }, start: { kind: "random" } }, "test");
const text = (path: string) =>
  parseStudy({ name: "x", dataset: { kind: "folder", path, textOnly: true }, start: { kind: "random" } }, "test");

const START = new URL("../../../../configs/starts/mini-vqa.safetensors", import.meta.url);

/** The training that begins from a checkpoint, with a network of these sizes. */
function from(file: string, model: object = {}): Training {
  const start = { kind: "checkpoint", file };
  const { dataset, recipe, ...rest } = parseStudy({ name: "x", dataset: { kind: "mini-vqa" }, start, model }, "test");
  const engine = { name: "wasm", version: "", arithmetic: "" } as const;
  return { dataset, recipe, model: rest.model, start: rest.start, engine };
}

afterEach(() => vi.unstubAllEnvs());

describe("what a cell is made from", () => {
  test("is known by content: another seed of the data is another dataset", async () => {
    const one = await identities.dataset(study.dataset);
    const other = await identities.dataset({ ...study.dataset, seed: 1 } as typeof study.dataset);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(other).not.toBe(one);
  });

  test("names a missing data folder and what to give", async () => {
    await expect(identities.dataset(text("/nowhere/at/all").dataset)).rejects.toThrow("/nowhere/at/all does not exist");
  });

  test("is refused where a split is trained on and evaluated, whoever asks", async () => {
    const roles = { ...study.dataset, train: ["train", "nominival"] };
    await expect(identities.dataset(roles)).rejects.toThrow("nominival is both trained on and evaluated on");
    const selected = { ...study.dataset, selection: "minival" };
    await expect(identities.dataset(selected)).rejects.toThrow("selected on minival, the split that is reported");
  });

  test("names a missing checkpoint and where it is set", async () => {
    await expect(identities.checkpoint("/nowhere.safetensors", from("/nowhere.safetensors"))).rejects.toThrow(
      "start.file: /nowhere.safetensors cannot be read",
    );
  });

  test("names a checkpoint that is cut off, or of another network, and the tensor, before anything runs", async () => {
    const whole = readFileSync(fileURLToPath(START));
    const cut = join(mkdtempSync(join(tmpdir(), "start-")), "cut.safetensors");
    writeFileSync(cut, whole.subarray(0, 300_000));
    const check = (file: string, model = {}) => identities.checkpoint(file, from(file, model));
    await expect(check(cut)).rejects.toThrow(/^start.file: .*cut.safetensors: .*truncated: lxrt_encoder/);
    await expect(check(fileURLToPath(START), { hidden: 32 })).rejects.toThrow(/^start.file: .*lxrt_encoder.* expected/);
    await expect(check(fileURLToPath(START))).resolves.toMatch(/^[0-9a-f]{64}$/);
  });

  test("asks what was meant by a method that nobody knows", async () => {
    await expect(identities.method({ id: "magnitud", params: {} })).rejects.toThrow('did you mean "magnitude"');
  });

  test("is of a control also the method that it controls for, which is checked", async () => {
    const shuffled = (of: string, inner = {}) => identities.method({ id: "shuffle", params: { of, with: inner } });
    const [magnitude, wanda] = [await shuffled("magnitude"), await shuffled("wanda")];
    expect(magnitude.of).toMatch(/^[0-9a-f]{64}$/);
    expect([magnitude.version, magnitude.of === wanda.of]).toEqual([wanda.version, false]);
    expect((await shuffled("shuffle", { of: "wanda" })).of).not.toBe((await shuffled("shuffle")).of);
    expect((await identities.method({ id: "magnitude", params: {} })).of).toBeUndefined();
    await expect(shuffled("magnitud")).rejects.toThrow('did you mean "magnitude"');
    await expect(shuffled("imp", { round: 2 })).rejects.toThrow('did you mean "rounds"');
    await expect(shuffled("dense-small")).rejects.toThrow("has no mask to take");
  });

  test("is not run on another engine where the named one is missing", async () => {
    vi.stubEnv("TICKETBENCH_ENGINES", mkdtempSync(join(tmpdir(), "engines-")));
    await expect(identities.engine("tensorflow", study.model)).rejects.toThrow("npm run engine:tensorflow");
  });
});
