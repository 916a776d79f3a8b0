import { z } from "zod";
import type { AsCoded } from "@ticketbench/prune";
import { StudyError } from "../study/error.ts";
import { isRecord } from "../study/schema-path.ts";
import { type Study, studySchema, ticketShape, trainingShape } from "../study/study.ts";
import { canonicalJson, contentHash, withoutDefaults } from "./canonical.ts";
import {
  type Cell,
  cellSchema,
  type Engine,
  type PlannedCell,
  type Pruning,
  type Training,
  type TrainingEntry,
  trainingEntrySchema,
} from "./cell.ts";
import { atAxes, axisCombinations, type GridPoint, gridPoints, type MethodChoice } from "./grid.ts";

/** A study resolved and frozen: every cell it asks for, in the order in which they are best run. */
export const planSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Content hash of all below: two plans with one hash ask for the same work. */
  hash: z.string(),
  study: studySchema,
  trainings: z.array(trainingEntrySchema),
  cells: z.array(cellSchema),
});
export type Plan = z.output<typeof planSchema>;

/** Title, version (a hash of its code) and complete parameters of a method, and what it asks of a study. */
export interface MethodIdentity extends Omit<Pruning["method"], "id"> {
  /** It repeats a published run, faults included. */
  readonly asCoded?: AsCoded | undefined;
  /** It trains its own network and never goes back to other weights. */
  readonly neverRewinds?: boolean;
  /** Hash of the code that a control builds on: another version of that is another control. */
  readonly of?: string;
}

/** Where the parts of a cell's identity come from that no study can know. */
export interface Identities {
  /** Content hash of the dataset that these settings name. */
  dataset(settings: Training["dataset"]): Promise<string>;
  /** Content hash of a checkpoint file; throws StudyError where it cannot be read, or is of another network. */
  checkpoint(file: string, training: Training): Promise<string>;
  /** What a method is; throws StudyError for an unknown one. */
  method(choice: MethodChoice): Promise<MethodIdentity>;
  /** The engine that "auto" or a name stands for with this model; throws EngineError where it is not installed. */
  engine(name: Study["engine"], model: Study["model"]): Promise<Engine>;
}

/** Resolve a study into its cells: starts, then dense networks by seed, then tickets. Same study, same plan. */
export async function planStudy(study: Study, identities: Identities): Promise<Plan> {
  const builder = new PlanBuilder(study, identities);
  for (const axes of axisCombinations(study)) {
    const seeds = study.fineTuneSeed === undefined ? study.seeds : [study.fineTuneSeed];
    for (const seed of seeds) await builder.dense(axes, seed);
  }
  for (const point of gridPoints(study)) await builder.ticket(point);
  return builder.finish();
}

/** Whether a start cell makes these start weights; other kinds are read or drawn by the dense cell itself. */
export function isMadeByCell({ kind }: Study["start"]): boolean {
  return kind === "pretrain" || kind === "lxmert";
}

/** A planned cell together with the settings of its training. */
export function cellAt(plan: Plan, cell: PlannedCell): Cell {
  const inputs = plan.trainings[cell.training];
  if (inputs === undefined) throw new Error(`plan ${plan.hash}: cell ${cell.id} has no training ${cell.training}`);
  return { ...cell, inputs };
}

interface Variant {
  readonly study: Study;
  readonly training: number;
  /** Hash of all that the dense networks of this training depend on, the seed apart. */
  readonly content: string;
  readonly suffix: string;
  /** The ids of its dense networks by seed. */
  readonly dense: Map<number, string>;
}

class PlanBuilder {
  readonly #trainings: TrainingEntry[] = [];
  readonly #cells = new Map<string, PlannedCell>();
  readonly #variants = new Map<string, Promise<Variant>>();
  readonly #methods = new Map<string, ReturnType<Identities["method"]>>();
  readonly #study: Study;
  readonly #identities: Identities;

  constructor(study: Study, identities: Identities) {
    this.#study = study;
    this.#identities = identities;
  }

  async dense(axes: GridPoint["axes"], seed: number): Promise<string> {
    const { training, content, suffix, study, dense } = await this.#variant(axes);
    const known = dense.get(seed);
    if (known !== undefined) return known;
    const id = contentHash({ dense: content, seed });
    dense.set(seed, id);
    const needs = isMadeByCell(study.start) ? [this.#start(training, suffix)] : [];
    this.#cells.set(id, { kind: "dense", id, label: `dense seed ${seed}${suffix}`, needs, training, seed });
    return id;
  }

  async ticket({ method, sparsity, seed, axes }: GridPoint): Promise<void> {
    const { study, training, suffix } = await this.#variant(axes);
    const dense = await this.dense(axes, study.fineTuneSeed ?? seed);
    const known = await this.#method(method);
    const { title, version, params: allParams } = known;
    const settings = ticketSettingsOf(study, method.id, known);
    const publishedAs = known.asCoded === undefined ? undefined : Number(known.asCoded.label(sparsity).toFixed(9));
    const pruning: Pruning = {
      method: { id: method.id, title, version, params: allParams },
      ...{ sparsity, ...settings },
      ...(publishedAs === undefined ? {} : { publishedAs }),
    };
    const code = { method: version, ...(known.of === undefined ? {} : { of: known.of }) };
    const content = { ...code, params: allParams, sparsity, ...elided(ticketSettings, settings) };
    // A dense network of one's own names the seed; a shared one does not.
    const id = contentHash({ ticket: content, dense, ...(study.fineTuneSeed === undefined ? {} : { seed }) });
    const params = Object.keys(method.params).length === 0 ? "" : ` ${canonicalJson(method.params)}`;
    const label = `${method.id}${params} ${percent(sparsity)} seed ${seed}${suffix}`;
    this.#cells.set(id, { kind: "ticket", id, label, needs: [dense], training, seed, pruning });
  }

  finish(): Plan {
    const rank = { start: 0, dense: 1, ticket: 2 };
    const cells = [...this.#cells.values()].sort((a, b) => rank[a.kind] - rank[b.kind]);
    const content = { schemaVersion: 1 as const, study: this.#study, trainings: this.#trainings, cells };
    const hash = contentHash({ study: elided(studySchema, this.#study), cells: cells.map((cell) => cell.id) });
    return { ...content, hash };
  }

  #start(training: number, suffix: string): string {
    const { settings, dataset, start } = this.#trainings[training] as TrainingEntry;
    const id = contentHash({ start, dataset, engine: settings.engine.name });
    if (!this.#cells.has(id)) {
      this.#cells.set(id, { kind: "start", id, label: `start weights${suffix}`, needs: [], training });
    }
    return id;
  }

  #variant(axes: GridPoint["axes"]): Promise<Variant> {
    const key = canonicalJson(axes);
    const known = this.#variants.get(key);
    if (known !== undefined) return known;
    const made = this.#makeVariant(axes);
    this.#variants.set(key, made);
    return made;
  }

  async #makeVariant(axes: GridPoint["axes"]): Promise<Variant> {
    const study = atAxes(this.#study, axes);
    const engine = await this.#identities.engine(study.engine, study.model);
    const settings: Training = {
      dataset: study.dataset,
      model: study.model,
      start: study.start,
      recipe: study.recipe,
      engine,
    };
    const dataset = await this.#identities.dataset(settings.dataset);
    const start =
      settings.start.kind === "checkpoint"
        ? await this.#identities.checkpoint(settings.start.file, settings)
        : startIdentity(settings, dataset);
    const inputs = { engine: engine.name, dataset, start };
    const content = contentHash({ ...elided(trainingSettings, locationless(settings)), inputs });
    const same = this.#trainings.findIndex((entry) => canonicalJson(entry.settings) === canonicalJson(settings));
    const training = same >= 0 ? same : this.#trainings.push({ settings, dataset, start }) - 1;
    const words = Object.entries(axes).map(([path, value]) => `${path}=${axisWord(value)}`);
    return { study, training, content, suffix: words.length === 0 ? "" : ` ${words.join(" ")}`, dense: new Map() };
  }

  #method(choice: MethodChoice): Promise<MethodIdentity> {
    const key = canonicalJson(choice);
    const known = this.#methods.get(key) ?? this.#identities.method(choice);
    this.#methods.set(key, known);
    return known;
  }
}

/** A study's settings for the tickets of one method. Throws StudyError where the two do not go together. */
function ticketSettingsOf(study: Study, name: string, { asCoded, neverRewinds }: MethodIdentity): TicketSettings {
  const { scope, allocation, granularity, rewindStep, phases } = study;
  if (asCoded !== undefined && study.division !== "as-coded")
    throw new StudyError(`${name} repeats a published run, faults included: it needs division: as-coded`);
  if (neverRewinds === true && rewindStep > 0)
    throw new StudyError(`${name} never goes back to other weights: it does not go with rewindStep: ${rewindStep}`);
  const retraining = study.retraining ?? asCoded?.retraining ?? "masked";
  return { scope, allocation, granularity, retraining, rewindStep, phases };
}

const trainingSettings = z.object(trainingShape);
const ticketSettings = z.object(ticketShape);
type TicketSettings = z.output<typeof ticketSettings>;

/**
 * Names start weights that a recipe makes, by all that the recipe depends on: fresh weights by the network alone,
 * pretrained ones also by the data that they and the vocabulary come from and by the study's recipe as far as
 * pretraining follows it. (Epochs and optimiser are pretraining's own; the rate is the study's after LXMERT's tasks.)
 */
function startIdentity(settings: Training, dataset: string): string {
  const content = elided(trainingSettings, locationless(settings)) as Partial<Record<keyof Training, object>>;
  const { start, model } = content;
  if (settings.start.kind === "random") return contentHash({ start, model });
  const data = picked(content.dataset, ["train", "regions"]);
  const followed = ["batchSize", "warmup", "clip", "weightDecay"];
  const recipe = picked(content.recipe, settings.start.kind === "lxmert" ? [...followed, "learningRate"] : followed);
  return contentHash({ start, model, dataset, data, recipe });
}

function picked(block: object | undefined, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(block ?? {}).filter(([key]) => keys.includes(key)));
}

function elided(schema: z.ZodType, value: unknown): Record<string, unknown> {
  return withoutDefaults(schema, value) as Record<string, unknown>;
}

/** Where files lie is no part of what they hold: their hashes stand for them. */
function locationless(settings: Training): unknown {
  const dataset = settings.dataset.kind === "folder" ? { ...settings.dataset, path: "" } : settings.dataset;
  const start = settings.start.kind === "checkpoint" ? { ...settings.start, file: "" } : settings.start;
  return { ...settings, dataset, start };
}

/** A value of an axis in a label: a block that says nothing but its kind is called by it. */
function axisWord(value: unknown): string {
  const isKindOnly = isRecord(value) && typeof value.kind === "string" && Object.keys(value).length === 1;
  return isKindOnly ? (value.kind as string) : JSON.stringify(value);
}

/** A share as people read it: 0.5 is "50 %". */
export function percent(fraction: number): string {
  return `${Number((100 * fraction).toFixed(4))} %`;
}
