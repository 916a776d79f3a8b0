import { describe, expect, test } from "vitest";
import program from "../fixtures/arithmetic-program.ts";
import { parseStudy } from "../study/load.ts";
import type { StudyInput } from "../study/study.ts";
import type { Identities, Plan } from "./plan.ts";
import { cellAt, planStudy } from "./plan.ts";

const BASE: StudyInput = {
  name: "demo",
  dataset: { kind: "mini-vqa" },
  start: { kind: "random" },
  methods: ["magnitude", "random"],
  sparsities: [0.5, 0.9],
  seeds: [0, 1, 2],
};

function plan(changes: Partial<StudyInput> = {}, identities: Partial<Identities> = {}): Promise<Plan> {
  return planStudy(parseStudy({ ...BASE, ...changes }, "test"), { ...program.identities, ...identities });
}

function ids({ cells }: Plan): string[] {
  return cells.map((cell) => cell.id).sort();
}

describe("the cells of a study", () => {
  test("are one dense network a seed, and methods x sparsities x seeds of tickets that need them", async () => {
    const { cells } = await plan();
    expect(cells.filter((cell) => cell.kind === "dense").map((cell) => cell.label)).toEqual([
      "dense seed 0",
      "dense seed 1",
      "dense seed 2",
    ]);
    const tickets = cells.filter((cell) => cell.kind === "ticket");
    expect(tickets).toHaveLength(12);
    for (const ticket of tickets) {
      const dense = cells.find((cell) => cell.id === ticket.needs[0]);
      expect(dense).toMatchObject({ kind: "dense", seed: ticket.seed });
    }
    expect(new Set(cells.map((cell) => cell.id)).size).toBe(15);
  });

  test("begin with the start weights, made once, where they are trained on the spot", async () => {
    const { cells } = await plan({ start: { kind: "pretrain" } });
    expect(cells[0]).toMatchObject({ kind: "start", needs: [] });
    expect(cells.filter((cell) => cell.kind === "dense").map((cell) => cell.needs)).toEqual(
      Array(3).fill([cells[0]?.id]),
    );
  });

  test("carry their settings and the hashes of their inputs", async () => {
    const frozen = await plan();
    const cell = cellAt(frozen, frozen.cells[0] as Plan["cells"][number]);
    expect(cell.inputs.settings).toMatchObject({ recipe: { epochs: 4 }, engine: { name: "cpu" } });
    expect(cell.inputs.dataset).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("an old id", () => {
  test("stays as it was published, whatever settings have been added since", async () => {
    const frozen = await plan({ start: { kind: "pretrain" }, methods: ["magnitude"], sparsities: [0.5], seeds: [0] });
    expect(frozen.cells.map(({ id }) => id.slice(0, 16))).toEqual([
      "f5fc4034eb6ec953",
      "295e3e9ae2d8a52a",
      "21938b76c888c2f7",
    ]);
  });
});

/** Methods that ask something of a study, by name. */
const asking: Partial<Identities> = {
  method: async (choice) => ({
    ...(await program.identities.method({ ...choice, id: "magnitude" })),
    ...(choice.id === "copied" ? { asCoded: { retraining: "dense", label: (share) => 1 - share } } : {}),
    neverRewinds: choice.id === "grows",
  }),
};

describe("a method that repeats a published run", () => {
  const COPY: Partial<StudyInput> = { methods: ["copied"], sparsities: [0.9], division: "as-coded" };
  const tickets = ({ cells }: Plan) => cells.flatMap((cell) => (cell.kind === "ticket" ? [cell] : []));

  test("is retrained and labelled as that run was, unless the study holds the mask", async () => {
    const [coded] = tickets(await plan(COPY, asking));
    expect(coded?.pruning).toMatchObject({ retraining: "dense", sparsity: 0.9, publishedAs: 0.1 });
    const [held] = tickets(await plan({ ...COPY, retraining: "masked" }, asking));
    expect(held?.pruning).toMatchObject({ retraining: "masked", publishedAs: 0.1 });
    expect(held?.id).not.toBe(coded?.id);
  });

  test("shares one fine-tune among all seeds where the study says so, and each seed has its ticket", async () => {
    const frozen = await plan({ ...COPY, fineTuneSeed: 9595 }, asking);
    expect(frozen.cells.map(({ label }) => label)).toEqual([
      "dense seed 9595",
      ...[0, 1, 2].map((seed) => `copied 90 % seed ${seed}`),
    ]);
    expect(new Set(ids(frozen)).size).toBe(4);
    expect(tickets(frozen).map(({ needs }) => needs)).toEqual(Array(3).fill([frozen.cells[0]?.id]));
  });

  test("is refused in any other division", async () => {
    await expect(plan({ ...COPY, division: "open" }, asking)).rejects.toThrow("copied repeats a published run");
  });
});

test("a control is another cell when the code that it builds on is another", async () => {
  const on = (of?: string): Partial<Identities> => ({
    method: async (choice) => ({
      ...(await program.identities.method({ ...choice, id: "magnitude" })),
      ...(of && { of }),
    }),
  });
  const made = await Promise.all(
    [undefined, "one", "two"].map((of) => plan({ seeds: [0], sparsities: [0.5] }, on(of))),
  );
  expect(
    new Set(made.flatMap(({ cells }) => cells.flatMap(({ kind, id }) => (kind === "ticket" ? [id] : [])))).size,
  ).toBe(3);
  expect(new Set(made.map(({ cells }) => cells[0]?.id)).size).toBe(1);
});

test("what may be pruned is named, or switched on part by part, and each is another ticket of one network", async () => {
  const scopes = ["encoder-matrices", "thesis", { embeddings: true }, { embeddings: true, biases: true }] as const;
  const made = await Promise.all(
    scopes.map((scope) => plan({ scope, seeds: [0], sparsities: [0.5], methods: ["magnitude"] })),
  );
  expect(new Set(made.map(({ cells }) => cells[1]?.id)).size).toBe(4);
  expect(new Set(made.map(({ cells }) => cells[0]?.id)).size).toBe(1);
});

test("a method that trains its own network does not go with late rewinding", async () => {
  await expect(plan({ methods: ["grows"], rewindStep: 5 }, asking)).rejects.toThrow("grows never goes back");
  const [, early, late] = await Promise.all([0, 0, 5].map((rewindStep) => plan({ rewindStep })));
  expect(ids(late!)).not.toEqual(ids(early!));
});

describe("further axes", () => {
  test("may move together, which makes one network of each pair and no more", async () => {
    const matrix = { "recipe.epochs": [1, 2], "recipe.learningRate": [1e-3, 5e-4], "recipe.batchSize": [16, 32] };
    const zip = [["recipe.epochs", "recipe.learningRate"]];
    const { trainings } = await plan({ matrix, zip });
    const recipes = trainings.map(({ settings: { recipe } }) => [recipe.batchSize, recipe.epochs, recipe.learningRate]);
    expect(recipes).toEqual([
      [16, 1, 1e-3],
      [16, 2, 5e-4],
      [32, 1, 1e-3],
      [32, 2, 5e-4],
    ]);
    await expect(plan({ matrix: { ...matrix, "recipe.epochs": [1] }, zip })).rejects.toThrow(
      "zip.0: recipe.epochs has 1 values, recipe.learningRate has 2; axes that move together need as many",
    );
    await expect(plan({ matrix, zip: [["recipe.epochs", "scope"]] })).rejects.toThrow("scope is no axis of matrix");
  });

  test("multiply the grid and the dense networks that differ", async () => {
    const { cells, trainings } = await plan({ matrix: { "recipe.epochs": [1, 2], scope: ["thesis", "all-matrices"] } });
    expect(trainings).toHaveLength(2);
    expect(cells.filter((cell) => cell.kind === "dense")).toHaveLength(6);
    expect(cells.filter((cell) => cell.kind === "ticket")).toHaveLength(48);
  });

  test("are excluded and included by name", async () => {
    const { cells } = await plan({
      exclude: [{ method: "random", sparsity: 0.9 }, { seed: 2 }],
      include: [{ method: { id: "random", params: { kind: "erk" } }, sparsity: 0.7 }],
    });
    const tickets = cells.filter((cell) => cell.kind === "ticket");
    expect(tickets.filter((cell) => cell.pruning.sparsity !== 0.7)).toHaveLength(6);
    expect(tickets.filter((cell) => cell.pruning.sparsity === 0.7)).toHaveLength(3);
  });

  test("that do not exist or match nothing are errors", async () => {
    await expect(plan({ exclude: [{ method: "magnitude", colour: 1 }] })).rejects.toThrow(
      /exclude.0.colour: no such axis/,
    );
    await expect(plan({ exclude: [{ sparsity: 0.1 }] })).rejects.toThrow(/exclude.0 .* matches no ticket/);
    await expect(plan({ matrix: { seeds: [[1]] } })).rejects.toThrow(/matrix.seeds: this axis is set by/);
    await expect(plan({ matrix: { "recipe.epochs": [0] } })).rejects.toThrow(/recipe.epochs: 0 is too small/);
    await expect(plan({ matrix: { "recipe.epoch": [1] } })).rejects.toThrow(
      /unknown key "epoch": did you mean "epochs"/,
    );
    await expect(plan({ include: [{ method: "magnitude" }] })).rejects.toThrow(/include.0/);
  });
});

describe("a cell's id", () => {
  test("is published: were it to change, every result of old would be orphaned", async () => {
    const { cells } = await plan({ seeds: [0], sparsities: [0.5], methods: ["magnitude"] });
    expect(cells.map((cell) => cell.id)).toMatchInlineSnapshot(`
      [
        "8f95b15c0d220478054d043743b985e02d157929bfce2bc8ee6939b93bbcccd1",
        "a5656217a98d5f839267e7802fe025d3c33067b8bbc4f12145b8bb48fb0608b9",
      ]
    `);
  });

  test("stays when the study is renamed, reordered, priced or spelt out", async () => {
    const before = ids(await plan());
    const spelt = { recipe: { epochs: 4, clip: 5 }, phases: ["dense", "pruned", "rewound", "retrained"] as const };
    expect(
      ids(await plan({ name: "other", seeds: [2, 1, 0], prices: { cpuHour: 1 }, ...spelt, phases: [...spelt.phases] })),
    ).toEqual(before);
  });

  test("stays for old cells when cells are added", async () => {
    const more = ids(await plan({ seeds: [0, 1, 2, 3], sparsities: [0.5, 0.9, 0.95] }));
    for (const id of ids(await plan())) expect(more).toContain(id);
  });

  test("changes with the method's code, the data, the start weights and the engine", async () => {
    const before = new Set(ids(await plan()));
    const others: Partial<Identities>[] = [
      { dataset: () => Promise.resolve("1".repeat(64)) },
      { engine: () => Promise.resolve({ name: "wasm", version: "1", arithmetic: "float32" }) },
    ];
    for (const other of others) expect(ids(await plan({}, other)).some((id) => before.has(id))).toBe(false);
    const method: Identities["method"] = (choice) =>
      Promise.resolve({ title: "", version: `new ${choice.id}`, params: {} });
    const changed = ids(await plan({}, { method }));
    expect(changed.filter((id) => before.has(id))).toHaveLength(3);
  });

  test("changes with a checkpoint's content, and pretrained start weights with all that makes them", async () => {
    const file = { start: { kind: "checkpoint", file: "w" } } as const;
    const hash = (digit: string) => ({ checkpoint: () => Promise.resolve(digit.repeat(64)) });
    const one = new Set(ids(await plan(file, hash("1"))));
    expect(ids(await plan(file, hash("2"))).some((id) => one.has(id))).toBe(false);
    const data = { dataset: () => Promise.resolve("1".repeat(64)) };
    const startOf = async (changes: object): Promise<string> =>
      (await plan({ start: { kind: "pretrain" }, ...changes }, data)).cells[0]?.id as string;
    const before = await startOf({});
    const dataset = BASE.dataset;
    for (const same of [{ recipe: { epochs: 9 } }, { dataset: { ...dataset, report: "test" } }, { scope: "thesis" }]) {
      expect(await startOf(same)).toBe(before);
    }
    for (const other of [
      { recipe: { clip: null } },
      { dataset: { ...dataset, regions: 4 } },
      { model: { hidden: 32 } },
    ]) {
      expect(await startOf(other)).not.toBe(before);
    }
  });

  test("does not depend on where the data and the weights lie", async () => {
    const fixed = { dataset: () => Promise.resolve("1".repeat(64)), checkpoint: () => Promise.resolve("2".repeat(64)) };
    const at = (place: string) =>
      plan({ dataset: { kind: "folder", path: place }, start: { kind: "checkpoint", file: `${place}/w` } }, fixed);
    expect(ids(await at("/a"))).toEqual(ids(await at("/b")));
  });
});

test("planning twice gives the same plan, whose hash tells studies apart", async () => {
  const first = await plan();
  expect(await plan()).toEqual(first);
  expect((await plan({ seeds: [0] })).hash).not.toBe(first.hash);
});

test("an unknown method is the study's mistake", async () => {
  await expect(plan({ methods: ["wander"] })).rejects.toMatchObject({ name: "StudyError", exitCode: 2 });
});
