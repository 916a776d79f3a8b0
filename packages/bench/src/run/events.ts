import { z } from "zod";
import type { PlannedCell } from "../plan/cell.ts";

const cell = z.string();

/** What a cell's process tells the one that started it: one JSON object a line. */
export const cellEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("started"), cell, pid: z.int() }),
  z.object({
    type: z.literal("progress"),
    cell,
    phase: z.string(),
    step: z.number(),
    steps: z.number(),
    fraction: z.number().optional(),
    samplesPerSecond: z.number().optional(),
    accuracy: z.number().optional(),
  }),
  /** `file`: the result; none for start weights. */
  z.object({ type: z.literal("done"), cell, file: z.string().optional() }),
  z.object({ type: z.literal("failed"), cell, reason: z.string(), message: z.string(), file: z.string().optional() }),
  z.object({ type: z.literal("interrupted"), cell }),
  /** Nothing is wrong with the cell: the folder cannot be written, so that no cell can go on. */
  z.object({ type: z.literal("broken"), cell, message: z.string() }),
]);
export type CellEvent = z.output<typeof cellEventSchema>;

/** What a whole run says besides: its beginning, cells that need no work or cannot be worked on, its end. */
export type RunEvent =
  | CellEvent
  | {
      readonly type: "run";
      readonly study: string;
      readonly plan: string;
      readonly cells: number;
      /** How many of them there are of each kind; none of a kind: left out. */
      readonly kinds: Readonly<Partial<Record<PlannedCell["kind"], number>>>;
      readonly jobs: number;
    }
  /** Its process died of a signal; it goes on from its checkpoint. */
  | { readonly type: "killed"; readonly cell: string; readonly signal: string | null }
  | {
      readonly type: "skipped";
      readonly cell: string;
      readonly because: "done" | "failed" | "blocked";
      readonly message?: string;
    }
  | { readonly type: "damaged"; readonly cell: string; readonly message: string }
  | {
      readonly type: "end";
      readonly done: number;
      readonly failed: number;
      readonly blocked: number;
      readonly left: number;
    };

/** How a cell's process ends; the code alone says what became of the cell. */
export const WORKER_EXIT = { done: 0, failed: 1, broken: 2, interrupted: 75 } as const;
