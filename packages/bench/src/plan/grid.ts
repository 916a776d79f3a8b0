import { complaints, show } from "../study/complaint.ts";
import { StudyError } from "../study/error.ts";
import { isRecord } from "../study/schema-path.ts";
import { type Study, studySchema } from "../study/study.ts";

export interface MethodChoice {
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** One point of a study's grid: a ticket asked for. `axes` are the values of `matrix` at that point. */
export interface GridPoint {
  readonly method: MethodChoice;
  readonly sparsity: number;
  readonly seed: number;
  readonly axes: Readonly<Record<string, unknown>>;
}

type Axes = GridPoint["axes"];

/**
 * All tickets of a study: matrix x methods x sparsities x seeds, less `exclude`, plus `include`.
 * Throws StudyError for a selection that names an unknown axis or matches nothing.
 */
export function gridPoints(study: Study): GridPoint[] {
  const methods = study.methods.map(methodChoice);
  const points: GridPoint[] = [];
  for (const axes of axisCombinations(study)) {
    for (const method of methods) {
      for (const sparsity of study.sparsities) {
        for (const seed of study.seeds) points.push({ method, sparsity, seed, axes });
      }
    }
  }
  const left = study.exclude.reduce<GridPoint[]>((kept, selection, index) => {
    const rest = kept.filter((point) => !matches(point, selection, `exclude.${index}`));
    if (rest.length === kept.length) throw new StudyError(`exclude.${index} ${show(selection)}: matches no ticket`);
    return rest;
  }, points);
  return [
    ...left,
    ...study.include.flatMap((selection, index) => includedPoints(study, selection, `include.${index}`)),
  ];
}

/** Every combination of the further axes, those of `zip` side by side; one empty combination where there are none. */
export function axisCombinations({ matrix, zip }: Pick<Study, "matrix" | "zip">): Axes[] {
  let combinations: Axes[] = [{}];
  for (const choices of [...separateAxes(matrix, zip), ...zip.map((paths, index) => zipped(matrix, paths, index))]) {
    combinations = combinations.flatMap((axes) => choices.map((choice) => ({ ...axes, ...choice })));
  }
  return combinations;
}

/** The choices of each axis that moves alone. */
function separateAxes(matrix: Study["matrix"], zip: Study["zip"]): Axes[][] {
  const together = new Set(zip.flat());
  return Object.entries(matrix).flatMap(([path, values]) => {
    if (["method", "methods", "sparsity", "sparsities", "seed", "seeds"].includes(path)) {
      throw new StudyError(`matrix.${path}: this axis is set by methods, sparsities and seeds`);
    }
    return together.has(path) ? [] : [values.map((value) => ({ [path]: value }))];
  });
}

/** The choices of axes that move together: their first values, their second, and so on. */
function zipped(matrix: Study["matrix"], paths: readonly string[], index: number): Axes[] {
  const axes = paths.map((path) => {
    const values = matrix[path];
    if (values === undefined) throw new StudyError(`zip.${index}: ${path} is no axis of matrix`);
    return { path, values };
  });
  const [first] = axes;
  const other = axes.find(({ values }) => values.length !== first?.values.length);
  if (first === undefined || other !== undefined) {
    const counts = `${first?.path} has ${first?.values.length} values, ${other?.path} has ${other?.values.length}`;
    throw new StudyError(`zip.${index}: ${counts}; axes that move together need as many`);
  }
  return first.values.map((_, at) => Object.fromEntries(axes.map(({ path, values }) => [path, values[at]])));
}

/** The study with the values of its further axes put in their places; throws StudyError where one does not fit. */
export function atAxes(study: Study, axes: Axes): Study {
  if (Object.keys(axes).length === 0) return study;
  let input: unknown = structuredClone(study);
  for (const [path, value] of Object.entries(axes)) input = replaceAt(input, path.split("."), value);
  const fault = complaints(studySchema, input)[0];
  if (fault !== undefined)
    throw new StudyError(`matrix ${show(axes)}: ${fault.path.map(String).join(".")}: ${fault.text}`);
  return studySchema.parse(input);
}

function replaceAt(target: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const block = isRecord(target) ? target : {};
  return { ...block, [key]: replaceAt(block[key], rest, value) };
}

function methodChoice(method: Study["methods"][number]): MethodChoice {
  return typeof method === "string" ? { id: method, params: {} } : method;
}

function matches(point: GridPoint, selection: Readonly<Record<string, unknown>>, place: string): boolean {
  return Object.entries(selection).every(([key, wanted]) => {
    if (key === "method") return wanted === point.method.id || show(wanted) === show(point.method);
    if (key === "sparsity") return wanted === point.sparsity;
    if (key === "seed") return wanted === point.seed;
    if (!Object.hasOwn(point.axes, key)) {
      throw new StudyError(`${place}.${key}: no such axis; expected method, sparsity, seed or a key of matrix`);
    }
    return show(wanted) === show(point.axes[key]);
  });
}

function includedPoints(study: Study, selection: Readonly<Record<string, unknown>>, place: string): GridPoint[] {
  const { method, sparsity, seed, ...axes } = selection;
  const single = studySchema.shape;
  const methods = single.methods.safeParse([method]);
  const sparsities = single.sparsities.safeParse([sparsity]);
  const seeds = seed === undefined ? { success: true as const, data: study.seeds } : single.seeds.safeParse([seed]);
  if (!methods.success || !sparsities.success || !seeds.success) {
    throw new StudyError(
      `${place} ${show(selection)}: expected {method, sparsity} and, if wanted, seed and further axes`,
    );
  }
  const choice = methodChoice(methods.data[0] as Study["methods"][number]);
  return seeds.data.map((each) => ({ method: choice, sparsity: sparsities.data[0] as number, seed: each, axes }));
}
