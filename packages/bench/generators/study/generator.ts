import type { Tree } from "@nx/devkit";

/** `nx g @ticketbench/bench:study NAME`: a study that changes the quickstart. Throws where there is one of that name. */
export default function study(tree: Tree, { name }: { readonly name: string }): void {
  const file = `configs/${name}.yaml`;
  if (tree.exists(file)) throw new Error(`${file} is there already: choose another name`);
  tree.write(file, studyFile(name));
}

/** A study of one's own: every line below `extends` is a change of what it extends. */
export function studyFile(name: string): string {
  return `# yaml-language-server: $schema=../schemas/study.json
# TODO: what this study asks, in a sentence.
extends: quickstart.yaml
name: ${name}
description: Magnitude against random, at two sparsities.
recipe:
  epochs: 2
methods: [magnitude, random]
sparsities: [0.5, 0.8]
seeds: [0, 1, 2]
`;
}
