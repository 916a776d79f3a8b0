import type { Tree } from "@nx/devkit";

/** `nx g @ticketbench/data-vqa:dataset NAME`: a folder in LXMERT's format and a study on it. Throws where one is there. */
export default function dataset(tree: Tree, { name }: { readonly name: string }): void {
  const study = `configs/${name}.yaml`;
  for (const place of [`data/${name}/train.json`, study])
    if (tree.exists(place)) throw new Error(`${place} is there already: choose another name`);
  for (const [file, text] of datasetFiles()) tree.write(`data/${name}/${file}`, text);
  tree.write(study, studyFile(name));
}

const NUMBERS = 24;

/** Two splits and a vocabulary, of questions that need no picture: "is 7 more than 3?". Put your own in their place. */
export function datasetFiles(): ReadonlyMap<string, string> {
  const pairs = Array.from({ length: NUMBERS * NUMBERS }, (_, i) => [i % NUMBERS, Math.floor(i / NUMBERS)] as const);
  const questions = pairs.map(([a, b], id) => ({
    question_id: id,
    img_id: `none-${id}`,
    sent: `is ${a} more than ${b}?`,
    question_type: "is",
    answer_type: "yes/no",
    label: { [a > b ? "yes" : "no"]: 1 },
  }));
  const isHeldOut = (id: number): boolean => id % 5 === 0;
  const split = (wanted: boolean): string =>
    `${JSON.stringify(
      questions.filter(({ question_id }) => isHeldOut(question_id) === wanted),
      null,
      1,
    )}\n`;
  return new Map([
    ["train.json", split(false)],
    ["minival.json", split(true)],
    ["trainval_label2ans.json", '["no", "yes"]\n'],
  ]);
}

function studyFile(name: string): string {
  return `# yaml-language-server: $schema=../schemas/study.json
# TODO: what these questions are, and whose.
name: ${name}
track: text
dataset:
  kind: folder
  path: data/${name}
  # Without pictures; with feature files (*_obj36.tsv) in the folder, leave this out.
  textOnly: true
  train: [train]
  selection: null
  report: minival
model:
  vocabulary: 64
start:
  kind: random
recipe:
  epochs: 20
  learningRate: 3.0e-4
  optimiser: adamw
methods: [magnitude, random]
sparsities: [0.5]
seeds: [0]
`;
}
