import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StudyError } from "./error.ts";
import { loadStudy, parseStudy } from "./load.ts";
import { knownPaths } from "./schema-path.ts";
import { studyJsonSchema, studySchema } from "./study.ts";

const MINIMAL = "name: demo\ndataset: { kind: mini-vqa }\nstart: { kind: random }\n";

function folder(files: Readonly<Record<string, string>>): string {
  const place = mkdtempSync(join(tmpdir(), "study-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
  return place;
}

function load(text: string, assignments: string[] = []) {
  return loadStudy(join(folder({ "x.yaml": text }), "x.yaml"), assignments);
}

/** The message of the StudyError that loading ends with, folders left out. */
function fault(text: string, assignments: string[] = []): string {
  try {
    load(text, assignments);
  } catch (error) {
    if (error instanceof StudyError) return error.message.replaceAll(/\/\S*\/(\w+\.yaml)/g, "$1");
    throw error;
  }
  throw new Error("no error");
}

test.each([
  ["name: demo\ndataset: { kind: mini-vqa }\n", "x.yaml:1:1 start: missing"],
  ["name: demo\ndataset: { kind: mini-vqa }\nstart: 3\n", "x.yaml:3:8 start: 3 is of the wrong type"],
])("a block that may be of several kinds is asked for with their names: %j", (text, found) => {
  expect(fault(text)).toBe(`${found}: expected a block of keys with kind: lxmert, pretrain, checkpoint or random`);
});

describe("a study", () => {
  test("is complete with a name, a dataset and a start; the defaults are the protocol's", () => {
    const study = load(MINIMAL);
    expect(study.recipe).toEqual({
      ...{ epochs: 4, batchSize: 32, learningRate: 5e-5, optimiser: "bertadam", warmup: 0.1 },
      ...{ clip: 5, weightDecay: 0.01, epochChoice: "last" },
    });
    expect(study.phases).toEqual(["dense", "pruned", "rewound", "retrained"]);
    expect(study.dataset).toMatchObject({ profile: "quick", selection: "nominival", report: "minival" });
  });

  test("can be written with its required keys alone as far as its JSON Schema is concerned", () => {
    expect(studyJsonSchema()).toMatchObject({ required: ["name", "dataset", "start"], additionalProperties: false });
  });

  test("that was resolved can be parsed again to the same", () => {
    const study = load(MINIMAL);
    expect(parseStudy(JSON.parse(JSON.stringify(study)), "result")).toEqual(study);
  });
});

describe("a mistake", () => {
  test("names file, line, column, value and what was expected", () => {
    expect(fault(`${MINIMAL}sparsities:\n  - 0.5\n  - 1.2\n`)).toBe(
      "x.yaml:6:5 sparsities.1: 1.2 is too big: expected a number from 0 up to, not including, 1",
    );
    expect(fault(`${MINIMAL}recipe: { epochs: two }\n`)).toBe(
      'x.yaml:4:19 recipe.epochs: "two" is of the wrong type: expected a whole number from 1 up',
    );
    expect(fault("dataset: { kind: mini-vqa }\nstart: { kind: random }\n")).toBe(
      "x.yaml:1:1 name: missing: expected a text",
    );
  });

  test("in a key names the nearest known word, or the block that the key belongs in", () => {
    expect(fault(`${MINIMAL}sparsitys: [0.5]\n`)).toBe(
      'x.yaml:4:1 sparsitys: unknown key "sparsitys": did you mean "sparsities"?',
    );
    expect(fault(`${MINIMAL}epochs: 3\n`)).toMatch(/did you mean start.epochs or recipe.epochs\?$/);
  });

  test("in a key of another kind names the kind", () => {
    expect(fault(MINIMAL, ["start.epochs=3"])).toBe(
      '--set start.epochs=3 start.epochs: unknown key "epochs": it has no meaning with kind: random',
    );
  });

  test("in a choice lists the choices", () => {
    expect(fault(`${MINIMAL}engine: wasn\n`)).toBe(
      'x.yaml:4:9 engine: "wasn" is not allowed: expected wasm, tensorflow, webgpu, cpu or auto; did you mean "wasm"?',
    );
    expect(fault("name: a\nstart: { kind: random }\ndataset: { kind: vqa }")).toBe(
      'x.yaml:3:18 dataset.kind: "vqa" is not allowed: expected mini-vqa or folder',
    );
  });

  test("in a method says what a method's name is", () => {
    expect(fault(`${MINIMAL}methods: [magnitude, Wanda]\n`)).toMatch(
      /^x.yaml:4:22 methods.1: "Wanda" is not allowed: expected a method's name/,
    );
  });

  test("between two settings is found", () => {
    expect(fault(`${MINIMAL}model: { hidden: 10 }\n`)).toMatch(/model.heads: 4 does not divide model.hidden, 10/);
    expect(fault(MINIMAL, ["dataset.selection=minival"])).toMatch(/must not choose anything/);
    expect(fault(MINIMAL, ["dataset.train=[train, minival]"])).toMatch(/must not be trained on/);
    expect(fault(MINIMAL, ["start={kind: lxmert, split: minival}"])).toMatch(/start.split: .*must not be trained on/);
    expect(fault(MINIMAL, ["seeds=[1, 2, 1]"])).toMatch(/seeds.2: 1 stands twice/);
    expect(fault(MINIMAL, ["retraining=dense"])).toMatch(/needs division: as-coded/);
  });

  test("between the words for ranking, rewinding and one fine-tune is found", () => {
    expect(fault(MINIMAL, ["allocation=global", "granularity=row"])).toMatch(
      /granularity: allocation: global says it already/,
    );
    expect(fault(MINIMAL, ["fineTuneSeed=1"])).toMatch(/fineTuneSeed: .*needs division: as-coded/);
    expect(fault(MINIMAL, ["division=as-coded", "fineTuneSeed=1", "rewindStep=5"])).toMatch(
      /rewindStep: with fineTuneSeed/,
    );
  });

  test("in a share by module names the modules", () => {
    expect(fault(`${MINIMAL}allocation: { poler: 1 }\n`)).toMatch(/^x.yaml:4:\d+ allocation.*poler.*pooler/);
    expect(fault(`${MINIMAL}allocation: { pooler: -1 }\n`)).toMatch(/^x.yaml:4:23 allocation.pooler: -1 is too small/);
    expect(fault(`${MINIMAL}allocation: globl\n`)).toMatch(/"globl" is not allowed: .*global.*did you mean "global"/);
  });

  test("of a --set word names that word", () => {
    expect(fault(MINIMAL, ["recipe.epochs=0"])).toBe(
      "--set recipe.epochs=0 recipe.epochs: 0 is too small: expected a whole number from 1 up",
    );
    expect(fault(MINIMAL, ["recipe"])).toMatch(/expected a dotted name and a value/);
    expect(fault(MINIMAL, ["seeds.7=1"])).toMatch(/seeds|dotted/);
  });
});

describe("YAML", () => {
  test("with tags, forbidden keys, double keys or bad syntax is refused with its place", () => {
    expect(fault(`${MINIMAL}seeds: !!js/function "x"\n`)).toMatch(/^x.yaml:4:\d+ .*tag/i);
    expect(fault(`${MINIMAL}matrix: { __proto__: [1] }\n`)).toMatch(/^x.yaml:4:11 the key "__proto__" is not allowed/);
    expect(fault(`${MINIMAL}name: again\n`)).toMatch(/^x.yaml:4:1 not valid YAML: Map keys must be unique/);
    expect(fault("name: [1\n")).toMatch(/^x.yaml:\d+:\d+ not valid YAML/);
    expect(fault("- 1\n")).toMatch(/^x.yaml:1:1 expected a study/);
  });

  test("that is nested without end, aliased without end or huge is refused", () => {
    expect(fault(`a: ${"[".repeat(60)}${"]".repeat(60)}`)).toMatch(/nested deeper than 20 levels/);
    const bomb = Array.from({ length: 9 }, (_, i) => `k${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]`);
    expect(fault(`k0: &a0 [x]\n${bomb.join("\n")}\n`)).toMatch(/alias/i);
    expect(fault(`${MINIMAL}seeds: *nowhere\n`)).toMatch(/Unresolved alias/);
    expect(fault(`# ${"x".repeat(1 << 20)}\n${MINIMAL}`)).toMatch(/larger than 1 MB/);
  });

  test("that is not there is said to be missing", () => {
    expect(() => loadStudy("/nowhere/x.yaml")).toThrow("/nowhere/x.yaml: no such file");
  });
});

describe("extends", () => {
  test("merges blocks, replaces lists and lets the nearer file win; --set wins over all", () => {
    const place = folder({
      "base.yaml": `${MINIMAL}recipe: { epochs: 2, batchSize: 8 }\nseeds: [1, 2, 3]\n`,
      "x.yaml": "extends: base.yaml\nname: child\nrecipe: { epochs: 7 }\nseeds: [9]\n",
    });
    const study = loadStudy(join(place, "x.yaml"), ["recipe.clip=null", "seeds.0=4"]);
    expect(study).toMatchObject({ name: "child", seeds: [4], recipe: { epochs: 7, batchSize: 8, clip: null } });
  });

  test("finds a checkpoint beside the file that names it", () => {
    const place = folder({
      "base.yaml": "name: base\ndataset: { kind: mini-vqa }\nstart: { kind: checkpoint, file: starts/a.safetensors }\n",
      "x.yaml": "extends: base.yaml\nname: child\n",
    });
    const start = (words: string[]) => loadStudy(join(place, "x.yaml"), words).start;
    expect(start([])).toMatchObject({ file: relative(process.cwd(), join(place, "starts/a.safetensors")) });
    expect(start(["start.file=b.pth"])).toMatchObject({ file: "b.pth" });
  });

  test("blames the file that holds the mistake", () => {
    const place = folder({ "base.yaml": `${MINIMAL}seeds: [-1]\n`, "x.yaml": "extends: base.yaml\nname: child\n" });
    expect(() => loadStudy(join(place, "x.yaml"))).toThrow(/base.yaml:4:9 seeds.0: -1 is too small/);
  });

  test("of another kind replaces the block", () => {
    const place = folder({
      "base.yaml": MINIMAL,
      "x.yaml": "extends: base.yaml\nstart: { kind: checkpoint, file: a.safetensors }\n",
    });
    const file = relative(process.cwd(), join(place, "a.safetensors"));
    expect(loadStudy(join(place, "x.yaml")).start).toEqual({ kind: "checkpoint", file });
  });

  test("in a circle is an error", () => {
    const place = folder({ "a.yaml": "extends: b.yaml\n", "b.yaml": "extends: a.yaml\n" });
    expect(() => loadStudy(join(place, "a.yaml"))).toThrow(/extends itself/);
  });
});

test("no text makes the reader fail with anything but a StudyError, nor touch a prototype", () => {
  const word = fc.oneof(
    fc.constantFrom(...knownPaths(studySchema), "__proto__", "constructor"),
    fc.string({ maxLength: 8 }),
  );
  const lines = fc.array(
    fc.tuple(
      word,
      fc.oneof(
        fc.jsonValue().map((value) => JSON.stringify(value)),
        fc.string(),
      ),
    ),
  );
  fc.assert(
    fc.property(lines, (entries) => {
      try {
        load(entries.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join("\n"));
      } catch (error) {
        expect(error).toBeInstanceOf(StudyError);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
