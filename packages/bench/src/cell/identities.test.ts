import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { parseStudy } from "../study/load.ts";
import { identities } from "./identities.ts";

const study = parseStudy({ name: "x", dataset: { kind: "mini-vqa" }, start: { kind: "random" } }, "test");
const text = (path: string) =>
  parseStudy({ name: "x", dataset: { kind: "folder", path, textOnly: true }, start: { kind: "random" } }, "test");

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
    await expect(identities.checkpoint("/nowhere.safetensors")).rejects.toThrow(
      "start.file: /nowhere.safetensors cannot be read",
    );
  });

  test("asks what was meant by a method that nobody knows", async () => {
    await expect(identities.method({ id: "magnitud", params: {} })).rejects.toThrow('did you mean "magnitude"');
  });

  test("is not run on another engine where the named one is missing", async () => {
    vi.stubEnv("TICKETBENCH_ENGINES", mkdtempSync(join(tmpdir(), "engines-")));
    await expect(identities.engine("tensorflow", study.model)).rejects.toThrow("npm run engine:tensorflow");
  });
});
