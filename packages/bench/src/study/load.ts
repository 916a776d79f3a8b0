import { dirname, relative, resolve } from "node:path";
import { parse } from "yaml";
import { type Complaint, complaints, show } from "./complaint.ts";
import { StudyError } from "./error.ts";
import { isRecord } from "./schema-path.ts";
import { type Study, studySchema } from "./study.ts";
import { readYaml, type YamlSource } from "./yaml-source.ts";

const DEEPEST_INHERITANCE = 8;
const SHOWN_COMPLAINTS = 8;

/** A place that settled values, the strongest first: `--set` words, the file itself, what it extends. */
type Source = Pick<YamlSource, "file" | "locate">;

/**
 * Read a study: what it extends first (later ones win), then the file, then `--set` assignments such as
 * `recipe.epochs=2`. Blocks are merged key by key; lists and single values are replaced.
 * Throws StudyError, one line a fault, each with file, line, column, the value and what was expected.
 */
export function loadStudy(file: string, assignments: readonly string[] = []): Study {
  const sources: Source[] = [];
  let merged = inherit(file, [], sources);
  for (const assignment of assignments) {
    const { path, value } = parseAssignment(assignment);
    merged = assign(merged, path, value, assignment);
    sources.unshift(assignmentSource(assignment, path));
  }
  const faults = complaints(studySchema, merged);
  if (faults.length > 0) throw new StudyError(reportFaults(faults, sources, file));
  const study = studySchema.parse(merged);
  checkMeaning(study, sources, file);
  return study;
}

/** Parse a value against the study's schema with errors that name `origin`; for studies that come from elsewhere. */
export function parseStudy(value: unknown, origin: string): Study {
  const faults = complaints(studySchema, value);
  if (faults.length > 0) throw new StudyError(reportFaults(faults, [], origin));
  return studySchema.parse(value);
}

function inherit(file: string, trail: readonly string[], sources: Source[]): unknown {
  const path = resolve(file);
  if (trail.includes(path)) throw new StudyError(`${file}: extends itself: ${[...trail, path].join(" -> ")}`);
  if (trail.length >= DEEPEST_INHERITANCE)
    throw new StudyError(`${file}: more than ${DEEPEST_INHERITANCE} levels of extends`);
  const source = readYaml(file);
  if (!isRecord(source.value))
    throw new StudyError(`${file}:1:1 expected a study (a block of keys), found ${show(source.value)}`);
  sources.push(source);
  const { extends: parents, ...own } = source.value;
  const names = (typeof parents === "string" ? [parents] : Array.isArray(parents) ? parents : []) as unknown[];
  let merged: unknown = {};
  for (const name of names.filter((each) => typeof each === "string")) {
    merged = merge(merged, inherit(resolve(dirname(file), name), [...trail, path], sources));
  }
  return merge(merged, withPlacedStart(own, dirname(file)));
}

/** Files that a study begins from lie beside it: named as seen from its folder, they are opened from the command's. */
function withPlacedStart(own: Record<string, unknown>, folder: string): Record<string, unknown> {
  if (!isRecord(own.start)) return own;
  const place = (name: unknown): unknown =>
    typeof name === "string" && name !== "" ? relative(process.cwd(), resolve(folder, name)) : name;
  const files = Object.entries(own.start).map(([key, value]) => [
    key,
    key === "file" || key === "answers" ? place(value) : value,
  ]);
  return { ...own, start: Object.fromEntries(files) };
}

/** Blocks merge key by key; a block whose `kind` changes, a list and a single value replace what they meet. */
function merge(below: unknown, above: unknown): unknown {
  if (!isRecord(below) || !isRecord(above)) return above;
  if ("kind" in above && "kind" in below && above.kind !== below.kind) return above;
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = key in below ? merge(below[key], value) : value;
  return merged;
}

function parseAssignment(assignment: string): { path: string[]; value: unknown } {
  const equals = assignment.indexOf("=");
  const path = assignment.slice(0, equals).split(".");
  if (equals < 1 || path.some((key) => !/^[A-Za-z0-9_-]+$/.test(key) || key === "__proto__" || key === "constructor")) {
    throw new StudyError(`--set ${assignment}: expected a dotted name and a value, such as recipe.epochs=2`);
  }
  try {
    return { path, value: parse(assignment.slice(equals + 1), { schema: "core", logLevel: "silent" }) as unknown };
  } catch {
    throw new StudyError(`--set ${assignment}: the value is not valid YAML`);
  }
}

function assign(target: unknown, path: readonly string[], value: unknown, assignment: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(target)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > target.length) {
      throw new StudyError(`--set ${assignment}: "${key}" is no index into a list of ${target.length}`);
    }
    const copy = [...(target as unknown[])];
    copy[index] = assign(copy[index], rest, value, assignment);
    return copy;
  }
  const block = isRecord(target) ? target : {};
  const own = Object.hasOwn(block, key) ? block[key] : undefined;
  return { ...block, [key]: assign(own, rest, value, assignment) };
}

function assignmentSource(assignment: string, path: readonly string[]): Source {
  const reaches = (wanted: readonly PropertyKey[]) => path.every((key, depth) => key === String(wanted[depth]));
  return {
    file: "--set",
    locate: (wanted) => ({ place: `--set ${assignment}`, depth: reaches(wanted) ? wanted.length : 0 }),
  };
}

function reportFaults(faults: readonly Complaint[], sources: readonly Source[], file: string): string {
  const lines = faults.slice(0, SHOWN_COMPLAINTS).map((fault) => {
    const name = fault.path.map(String).join(".");
    return `${placeOf(fault, sources, file)}${name === "" ? "" : ` ${name}`}: ${fault.text}`;
  });
  if (faults.length > SHOWN_COMPLAINTS) lines.push(`and ${faults.length - SHOWN_COMPLAINTS} more`);
  return lines.join("\n");
}

/** The first source that holds the whole path settled the value; failing that, the one that holds most of it. */
function placeOf(fault: Complaint, sources: readonly Source[], file: string): string {
  let best = { place: file, depth: -1 };
  for (const source of sources) {
    const found = source.locate(fault.path, fault.inKey);
    if (found.depth > best.depth) best = found;
  }
  return best.place;
}

/** What no type can say: rules between two values. */
function checkMeaning(study: Study, sources: readonly Source[], file: string): void {
  const faults: Complaint[] = [];
  const fault = (path: PropertyKey[], text: string) => faults.push({ path, inKey: false, text });
  const { report } = study.dataset;
  if ("split" in study.start && study.start.split === report)
    fault(["start", "split"], `"${report}" is the reported split, which must not be trained on`);
  const { hidden, heads } = study.model;
  if (hidden % heads !== 0) fault(["model", "heads"], `${heads} does not divide model.hidden, ${hidden}`);
  if (study.dataset.selection === study.dataset.report) {
    fault(["dataset", "selection"], `"${study.dataset.report}" is the reported split, which must not choose anything`);
  }
  if (study.dataset.train.includes(study.dataset.report)) {
    fault(["dataset", "train"], `"${study.dataset.report}" is the reported split, which must not be trained on`);
  }
  if (study.recipe.epochChoice === "best" && study.dataset.selection === null) {
    fault(["recipe", "epochChoice"], '"best" needs dataset.selection, the split that chooses');
  }
  if (study.retraining === "dense" && study.division !== "as-coded") {
    fault(["retraining"], '"dense" trains no ticket: it needs division: as-coded');
  }
  if (study.fineTuneSeed !== undefined && study.division !== "as-coded") {
    fault(["fineTuneSeed"], "one fine-tune for all seeds is no repetition: it needs division: as-coded");
  }
  if (study.fineTuneSeed !== undefined && study.rewindStep > 0) {
    fault(["rewindStep"], "with fineTuneSeed tickets go back to the start alone");
  }
  if (study.granularity !== undefined && (study.allocation === "global" || study.allocation === "row")) {
    fault(["granularity"], `allocation: ${study.allocation} says it already`);
  }
  for (const axis of ["sparsities", "seeds"] as const) {
    const values: readonly number[] = study[axis];
    const twice = values.findIndex((value, index) => values.indexOf(value) !== index);
    if (twice >= 0) fault([axis, twice], `${values[twice]} stands twice`);
  }
  if (faults.length > 0) throw new StudyError(reportFaults(faults, sources, file));
}
