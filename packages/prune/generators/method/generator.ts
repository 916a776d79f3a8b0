import type { Tree } from "@nx/devkit";
import { methodFile, methodTest } from "./template.ts";

/** `nx g @ticketbench/prune:method NAME`: a method's file and its test. Throws where there is one of that name. */
export default function method(tree: Tree, { name }: { readonly name: string }): void {
  const file = `packages/prune/src/methods/${name}.ts`;
  if (tree.exists(file)) throw new Error(`${file} is there already: choose another name`);
  tree.write(file, methodFile(name));
  tree.write(file.replace(/\.ts$/, ".test.ts"), methodTest(name));
}
