import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { command, newFolder, PROGRAM } from "../fixtures/arithmetic-run.ts";
import type { Plan } from "./plan.ts";

vi.setConfig({ testTimeout: 180_000 });

/** The arithmetic program, but for start weights that it reads from their file. */
const READER = `import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import arithmetic from ${JSON.stringify(PROGRAM)};
const hashOf = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
export default {
  ...arithmetic,
  identities: { ...arithmetic.identities, checkpoint: async (file) => hashOf(file) },
  run: (cell, context) => {
    if (hashOf(cell.inputs.settings.start.file) !== cell.inputs.start) throw new Error("other start weights");
    return arithmetic.run(cell, context);
  },
};`;

describe("a plan whose start weights are a file", () => {
  let home: string;
  let elsewhere: string;
  const cellsIn = (file: string): string[] =>
    (JSON.parse(readFileSync(file, "utf8")) as Plan).cells.map(({ id }) => id);
  const words = (program: string): string[] => ["--program", program];

  beforeAll(() => {
    home = newFolder();
    elsewhere = newFolder();
    mkdirSync(join(home, "configs"));
    writeFileSync(join(home, "program.ts"), READER);
    writeFileSync(join(home, "configs", "start.bin"), "the weights");
    writeFileSync(
      join(home, "configs", "study.yaml"),
      `name: from-file
dataset: { kind: mini-vqa }
start: { kind: checkpoint, file: start.bin }
recipe: { epochs: 1 }
methods: [magnitude]
sparsities: [0.5]
seeds: [0]
`,
    );
  });

  test("runs from another folder than it was made in, and its results name the file as the study did", async () => {
    await command(home, "plan", "configs/study.yaml", ...words("program.ts"));
    const planned = join(home, "plan.json");
    const run = await command(elsewhere, "run", planned, ...words(join(home, "program.ts")), "--out", "results");
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const [id = ""] = cellsIn(planned);
    const result = JSON.parse(readFileSync(join(elsewhere, "results", `${id}.json`), "utf8")) as {
      study: { resolved: { start: { file: string } } };
    };
    expect(result.study.resolved.start.file).toBe(join("configs", "start.bin"));
  });

  test("has the same cells wherever it is made, and where its file lies on another path", async () => {
    await command(home, "plan", "configs/study.yaml", ...words("program.ts"), "--write", "here.json");
    const there = join(home, "configs", "study.yaml");
    await command(elsewhere, "plan", there, ...words(join(home, "program.ts")), "--write", "there.json");
    expect(cellsIn(join(elsewhere, "there.json"))).toEqual(cellsIn(join(home, "here.json")));
  });

  test("runs where the plan was taken to a machine that has the file under the command's folder", async () => {
    const machine = newFolder();
    mkdirSync(join(machine, "configs"));
    mkdirSync(join(machine, "volume"));
    writeFileSync(join(machine, "configs", "start.bin"), "the weights");
    await command(home, "plan", "configs/study.yaml", ...words("program.ts"), "--write", "taken.json");
    writeFileSync(join(machine, "volume", "plan.json"), readFileSync(join(home, "taken.json")));
    const run = await command(
      machine,
      "run",
      "volume/plan.json",
      ...words(join(home, "program.ts")),
      "--out",
      "results",
    );
    expect(run).toMatchObject({ code: 0, stderr: "" });
  });
});
