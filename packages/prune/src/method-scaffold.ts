import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PruneError } from "./prune-error.ts";

/** The file a new method starts as: it works, being magnitude under another name, and each line says what goes there. */
function template(title: string): string {
  return `import { defineMethod } from "@ticketbench/prune";
import { z } from "zod";

export default defineMethod({
  title: "${title}",
  idea: "Keep the weights of the largest absolute value.",
  family: "magnitude",
  cite: "@misc{yourkey, title = {${title}}, author = {You}, year = {${new Date().getFullYear()}}}",
  // Parameters of your method, each with a range, a default and a description; a study sets them.
  params: z.strictObject({
    power: z.number().positive().max(4).default(1).describe("exponent of the magnitude"),
  }),
  // "calibration" or "gradients" if you look at training questions: add prepare({ calibration, weights }).
  needs: "nothing",
  // Whether your mask at 0.8 lies inside your mask at 0.5.
  nests: true,
  // One number a weight; the higher, the more it deserves to stay. Counts, ties and layers are taken care of.
  score: ({ values, params }) => values.map((weight) => Math.abs(weight) ** params.power),
});
`;
}

/**
 * Writes the file of a new method and returns its path. Throws a PruneError when the name is no file name a study can
 * use, or when the file is there already.
 */
export async function scaffoldMethod(folder: string, name: string): Promise<string> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    throw new PruneError(`"${name}" is no method's name: use small letters, digits and -, as in magnitude-gradient`);
  const path = join(folder, `${name}.ts`);
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("-", " ")}`;
  try {
    await writeFile(path, template(title), { flag: "wx" });
  } catch (cause) {
    throw new PruneError(`cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  return path;
}
