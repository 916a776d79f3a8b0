import { z } from "zod";
import type { Weights } from "@ticketbench/model";
import {
  type Allocation,
  type AsCoded,
  decodeMask,
  type Mask,
  type Method,
  type PruneContext,
  type Pruned,
  type PruneSettings,
  type ScheduleContext,
  shapesOf,
  type TrainingState,
} from "@ticketbench/prune";
import type { Message } from "./frame.ts";
import { type GuestCard, prunedSchema, type PruneRequest } from "./protocol.ts";
import { answererFor } from "./remote-answers.ts";
import type { Sandbox } from "./sandbox.ts";
import { packTensors, unpackTensors } from "./tensors.ts";

/** The parts of a pruning that a method's context does not show. */
export type Request = Pick<PruneSettings, "scope" | "seed" | "granularity" | "allocation">;

/**
 * A method whose code runs in a sandbox, as any other is used: it is given the weights and returns a mask, which is
 * decoded, checked and counted on this side. Gradients, layer inputs and training are made here and sent as numbers.
 */
export function remoteMethod(sandbox: Sandbox, request: Request): Method {
  const { kind, title, idea, family, cite, needs, nests, granularity, count, allocation } = sandbox.card;
  const asCoded = asCodedOf(sandbox.card);
  const shared = {
    ...{ title, idea, family, cite, needs, nests },
    ...(granularity === undefined ? {} : { granularity }),
    ...(allocation === undefined ? {} : { allocation: allocation as Allocation }),
    ...(asCoded === undefined ? {} : { asCoded }),
    params: z.any(),
  };
  if (kind === "schedule") return { ...shared, schedule: (context) => remoteSchedule(sandbox, request, context) };
  return { ...shared, count, mask: (context: PruneContext) => remoteMask(sandbox, request, context) };
}

/** How a method that repeats a published run retrained, and what it called a sparsity; undefined for others. */
export function asCodedOf({ labels }: GuestCard): AsCoded | undefined {
  if (labels === undefined) return undefined;
  const label = (sparsity: number): number => {
    const known = labels[Math.round(sparsity * 1000)];
    if (known === undefined || Math.abs(sparsity * 1000 - Math.round(sparsity * 1000)) > 1e-9)
      throw new Error(`no label of ${sparsity}: a sandbox tells those of whole thousandths`);
    return known;
  };
  return { retraining: "dense", label };
}

/** What the method's context holds, as far as it is data. */
function requestOf(request: Request, context: PruneContext): PruneRequest {
  return {
    params: context.params,
    scope: request.scope,
    sparsity: context.sparsity,
    seed: request.seed,
    heads: whereGranted(() => context.heads),
    granularity: request.granularity ?? null,
    allocation: request.allocation ?? null,
    batches: whereGranted(() => context.calibration.batches),
  };
}

/** A part of the context; null where it is not granted, which the method is told if it asks for it. */
function whereGranted(part: () => number): number | null {
  try {
    return part();
  } catch {
    return null;
  }
}

async function remoteMask(sandbox: Sandbox, request: Request, context: PruneContext): Promise<Pruned> {
  const { tensors, bytes } = packTensors(context.weights);
  const asked = requestOf(request, context);
  const answer = await sandbox.call({ type: "prune", request: asked, tensors }, bytes, {
    answer: answererFor(context),
  });
  return prunedOf(answer, context.weights);
}

async function prunedOf({ head, bytes }: Message, weights: Weights): Promise<Pruned> {
  const { maskBytes, tensors, rewindTo, resolution } = prunedSchema.parse(head);
  const mask = await decodeMask(bytes.subarray(0, maskBytes ?? 0), shapesOf(weights));
  if (tensors === null) return { mask, rewindTo, resolution };
  return { mask, rewindTo, resolution, weights: unpackTensors(tensors, bytes.slice(maskBytes ?? 0)) };
}

function remoteSchedule(sandbox: Sandbox, request: Request, context: ScheduleContext) {
  const { totalSteps, weights } = context;
  const shapes = shapesOf(weights);
  const { tensors, bytes } = packTensors(weights);
  const asked = requestOf(request, context);
  let started: Promise<unknown> | null = null;
  return {
    async maskAt(step: number, state: TrainingState): Promise<Mask | null> {
      await (started ??= sandbox.call({ type: "schedule", request: asked, tensors, totalSteps }, bytes));
      const answer = await sandbox.call({ type: "mask at", step }, undefined, { answer: answererFor(context, state) });
      const { maskBytes } = prunedSchema.parse(answer.head);
      return maskBytes === null ? null : decodeMask(answer.bytes, shapes);
    },
  };
}
