import { deadParameters, kindOf, moduleOf } from "./parameter.ts";
import { PruneError } from "./prune-error.ts";
import type { Shapes } from "./shapes.ts";

/**
 * What may be pruned, chosen by name. The matrices of the three encoders always belong to it; each switch adds a part,
 * and `biases` and `layerNorms` add those of every part that is in.
 */
export interface Scope {
  readonly title: string;
  readonly embeddings: boolean;
  readonly visualInput: boolean;
  readonly pooler: boolean;
  readonly head: boolean;
  readonly biases: boolean;
  readonly layerNorms: boolean;
  /** Parameters taken in (by the end of their name) whatever the switches say. */
  readonly include?: readonly string[];
  /** Parameters left out (by the end of their name) whatever the switches say. */
  readonly exclude?: readonly string[];
  /** Only what never reaches the answer, of every part and kind: the switches do not count. */
  readonly unreached?: true;
}

const ENCODERS = {
  title: "the matrices of the language, object and cross-modality encoders",
  embeddings: false,
  visualInput: false,
  pooler: false,
  head: false,
  biases: false,
  layerNorms: false,
} satisfies Scope;

/** Scopes with a name. At full size: 181,665,792, then 190,082,304 (442 tensors), then every matrix. */
export const SCOPES = {
  "encoder-matrices": ENCODERS,
  /** What the 2021 study pruned, its slips included: `visn_fc.weight` in, the last bias out, LayerNorm and biases in. */
  thesis: {
    ...ENCODERS,
    title: "as the 2021 study: all but embeddings, most of the visual input and the output bias",
    pooler: true,
    head: true,
    biases: true,
    layerNorms: true,
    include: ["encoder.visn_fc.visn_fc.weight"],
    exclude: ["logit_fc.3.bias"],
  },
  "all-matrices": {
    ...ENCODERS,
    title: "every matrix of the model, embeddings included",
    embeddings: true,
    visualInput: true,
    pooler: true,
    head: true,
  },
  /** Pruning these is to change no answer: 7,087,872 weights at full size. */
  unreached: {
    ...ENCODERS,
    title: "what never reaches the answer: the objects after the last cross-attention",
    unreached: true,
  },
} as const satisfies Record<string, Scope>;
export type ScopeName = keyof typeof SCOPES;

function holds(scope: Scope, name: string, shape: readonly number[]): boolean {
  const named = (endings: readonly string[] | undefined) =>
    endings?.some((ending) => name === ending || name.endsWith(`.${ending}`)) ?? false;
  if (named(scope.exclude)) return false;
  if (named(scope.include)) return true;
  const part = {
    embeddings: scope.embeddings,
    "visual-input": scope.visualInput,
    language: true,
    object: true,
    "cross-modality": true,
    pooler: scope.pooler,
    head: scope.head,
    other: false,
  }[moduleOf(name)];
  const kind = { matrix: true, bias: scope.biases, "layer-norm": scope.layerNorms }[kindOf(name, shape)];
  return part && kind;
}

/** The names of the parameters in a scope, in the model's order. Throws a PruneError when there is none. */
export function prunableNames(shapes: Shapes, scope: Scope | ScopeName): readonly string[] {
  const chosen: Scope = typeof scope === "string" ? SCOPES[scope] : scope;
  const dead = chosen.unreached === true ? deadParameters(shapes) : null;
  const isIn = (name: string, shape: readonly number[]) => dead?.has(name) ?? holds(chosen, name, shape);
  const names = [...shapes].filter(([name, shape]) => isIn(name, shape)).map(([name]) => name);
  if (names.length === 0)
    throw new PruneError(
      `nothing to prune: none of the model's ${shapes.size} parameters is in the scope "${chosen.title}"; ` +
        "check that the names are LXMERT's (bert.encoder.layer.0...)",
    );
  return names;
}

/** The scope as a line for people: what is in and what is out. */
export function describeScope(scope: Scope): string {
  if (scope.unreached === true) return scope.title;
  const on = (["embeddings", "visualInput", "pooler", "head", "biases", "layerNorms"] as const).filter((s) => scope[s]);
  const parts = on.length === 0 ? "" : ` and ${on.join(", ")}`;
  const extra = scope.include?.length ? `, also ${scope.include.join(", ")}` : "";
  const spared = scope.exclude?.length ? `, but not ${scope.exclude.join(", ")}` : "";
  return parts + extra + spared === "" ? scope.title : `${scope.title} (encoder matrices${parts}${extra}${spared})`;
}
