import { type Allocation, GRANULARITIES, type Granularity, type Scope, type ScopeName } from "@ticketbench/prune";
import { z } from "zod";
import { tensorsSchema } from "./tensors.ts";

/** A guest's words as they may be shown on a terminal and in a log: nothing moves a cursor or begins a line. */
export function plain(said: string): string {
  return said.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

const words = (longest: number) => z.string().max(longest).transform(plain);

/** What a guest says a method is: its card, without functions. */
export const guestCardSchema = z.strictObject({
  kind: z.enum(["score", "mask", "schedule"]),
  title: words(300).pipe(z.string().min(1)),
  idea: words(2000).pipe(z.string().min(1)),
  family: z.enum([
    "magnitude",
    "control",
    "random",
    "gradient",
    "calibration",
    "pattern",
    "structure",
    "schedule",
    "as-coded",
  ]),
  cite: z.string().max(10_000),
  needs: z.enum(["nothing", "calibration", "gradients", "training", "method"]),
  nests: z.boolean(),
  count: z.enum(["exact", "own"]),
  granularity: z.enum(GRANULARITIES).optional(),
  allocation: z.json().optional(),
  /** JSON Schema of the parameters. */
  schema: z.record(z.string(), z.json()),
  /** What an as-coded method calls each sparsity in whole thousandths. */
  labels: z.array(z.number()).length(1000).optional(),
});
export type GuestCard = z.output<typeof guestCardSchema>;

/** What a guest may ask for while it works: each is answered by the side that has the data and the engine. */
const question = z.discriminatedUnion("what", [
  z.strictObject({ what: z.literal("gradients"), batch: z.int().min(0).optional(), tensors: tensorsSchema }),
  z.strictObject({ what: z.literal("inputs"), tensors: tensorsSchema }),
  z.strictObject({ what: z.literal("train") }),
  z.strictObject({ what: z.literal("follow") }),
  /** Not a question: the mask to hold from the step that was told on; no bytes: the one before. */
  z.strictObject({ what: z.literal("hold") }),
  z.strictObject({ what: z.literal("set weights"), tensors: tensorsSchema }),
  z.strictObject({ what: z.literal("weights now") }),
  z.strictObject({ what: z.literal("gradients now") }),
]);
export type Question = z.output<typeof question>;

const text = words(8000);

/** Everything that a guest can say. What is not of this form ends it. */
export const guestMessageSchema = z.discriminatedUnion("type", [
  /** Its own code is there: from now on its time counts. */
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("answer"), answer: z.json() }),
  z.strictObject({ type: z.literal("error"), message: text }),
  z.strictObject({ type: z.literal("ask"), ask: z.int().min(0), question }),
  z.strictObject({
    type: z.literal("finding"),
    finding: z.strictObject({ check: text, status: z.enum(["passed", "warned", "failed"]), message: text }),
  }),
  /** Something that the lockdown refused, whether or not the method went on after it. */
  z.strictObject({ type: z.literal("refused"), what: text }),
]);

/** A pruning as it is asked of a guest; the weights are the message's bytes. */
export interface PruneRequest {
  readonly params: unknown;
  readonly scope: Scope | ScopeName;
  readonly sparsity: number;
  readonly seed: number;
  readonly heads: number | null;
  readonly granularity: Granularity | null;
  readonly allocation: Allocation | null;
  /** Calibration batches that it may ask about; null: none. */
  readonly batches: number | null;
}

/** Files of methods that do not ship, by the names that studies know them by. */
export type MethodPaths = Readonly<Record<string, string>>;

/** Everything that a guest can be told. */
export type HostMessage =
  | { readonly type: "load"; readonly id: string; readonly files: readonly string[]; readonly methods: MethodPaths }
  | { readonly type: "check" }
  | { readonly type: "parameters"; readonly params: unknown }
  | { readonly type: "prune"; readonly request: PruneRequest; readonly tensors: z.output<typeof tensorsSchema> }
  | {
      readonly type: "schedule";
      readonly request: PruneRequest;
      readonly tensors: z.output<typeof tensorsSchema>;
      readonly totalSteps: number;
    }
  | { readonly type: "mask at"; readonly step: number }
  | { readonly type: "input"; readonly ask: number; readonly name: string; readonly columns: number }
  /** The next step of a training that follows the guest's schedule; at step 0 with the weights it starts from. */
  | {
      readonly type: "step";
      readonly ask: number;
      readonly step: number;
      readonly totalSteps: number;
      readonly tensors: z.output<typeof tensorsSchema>;
    }
  | {
      readonly type: "reply";
      readonly ask: number;
      readonly tensors: z.output<typeof tensorsSchema>;
      /** Bytes of a mask before those of the tensors. */
      readonly maskBytes?: number;
    }
  | { readonly type: "refusal"; readonly ask: number; readonly message: string };

/** The part of a guest's answer that says what its bytes are: a mask, and weights where the method changed them. */
export const prunedSchema = z.strictObject({
  maskBytes: z.int().min(0).nullable(),
  tensors: tensorsSchema.nullable(),
  rewindTo: z.enum(["start", "fresh"]),
  resolution: z.int().min(1),
});
