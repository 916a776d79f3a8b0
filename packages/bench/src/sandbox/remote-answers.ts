import type { Weights } from "@ticketbench/model";
import { decodeMask, encodeMask, type Mask, type PruneContext, shapesOf, type TrainingState } from "@ticketbench/prune";
import type { Message } from "./frame.ts";
import type { Question } from "./protocol.ts";
import type { Answerer, Reply } from "./sandbox.ts";
import { packNumbers, packTensors, unpackTensors } from "./tensors.ts";

/** How long a training waits for the mask of one step. */
const STEP_MILLISECONDS = 60_000;

/** Answers a method's questions from what its context grants; what is not granted is refused in the context's words. */
export function answererFor(context: PruneContext, state: TrainingState | null = null): Answerer {
  const answers = new Answers(context, state);
  return (question, bytes, reply) => answers.to(question, bytes, reply);
}

class Answers {
  readonly #context: PruneContext;
  #state: TrainingState | null;
  /** Takes the mask that a training in progress waits for. */
  #hold: ((mask: Mask | null) => void) | null = null;

  constructor(context: PruneContext, state: TrainingState | null) {
    this.#context = context;
    this.#state = state;
  }

  async to(question: Question, bytes: Message["bytes"], reply: Reply): Promise<void> {
    switch (question.what) {
      case "gradients": {
        const weights = unpackTensors(question.tensors, bytes);
        return sendNumbers(await this.#context.calibration.gradients(weights, question.batch), reply);
      }
      case "inputs": {
        await this.#context.calibration.visitInputs(unpackTensors(question.tensors, bytes), (name, rows, columns) =>
          reply({ type: "input", name, columns }, new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)),
        );
        return reply({ type: "reply", tensors: [] });
      }
      case "train":
        return sendWeights(await this.#context.training.train(await this.#mask(bytes)), reply);
      case "follow":
        return this.#follow(reply);
      case "hold":
        this.#hold?.(bytes.length === 0 ? null : await this.#mask(bytes));
        return reply({ type: "reply", tensors: [] });
      case "set weights":
        await this.#training().set(unpackTensors(question.tensors, bytes));
        return reply({ type: "reply", tensors: [] });
      case "weights now":
        return sendWeights(await this.#training().weights(), reply);
      case "gradients now":
        return sendNumbers(await this.#training().gradients(), reply);
    }
  }

  #mask(bytes: Message["bytes"]): Promise<Mask> {
    return decodeMask(bytes, shapesOf(this.#context.weights));
  }

  #training(): TrainingState {
    if (this.#state === null) throw new Error("the network is not being trained");
    return this.#state;
  }

  /** Trains under a schedule that the guest holds: each step is told, and the mask for it waited for. */
  async #follow(reply: Reply): Promise<void> {
    const { weights, mask } = await this.#context.training.follow((start, totalSteps) => ({
      maskAt: (step, state) => {
        this.#state = state;
        const { tensors, bytes } = packTensors(step === 0 ? start : new Map());
        reply({ type: "step", step, totalSteps, tensors }, bytes);
        return new Promise((settle, fail) => {
          const late = setTimeout(() => fail(new Error(`no mask for step ${step} after 60 s`)), STEP_MILLISECONDS);
          this.#hold = (held) => {
            clearTimeout(late);
            settle(held);
          };
        });
      },
    }));
    this.#state = null;
    const encoded = await encodeMask(mask);
    const { tensors, bytes } = packTensors(weights);
    reply({ type: "reply", tensors, maskBytes: encoded.length }, Buffer.concat([encoded, bytes]));
  }
}

function sendWeights(weights: Weights, reply: Reply): void {
  const { tensors, bytes } = packTensors(weights);
  reply({ type: "reply", tensors }, bytes);
}

function sendNumbers(numbers: ReadonlyMap<string, Float32Array>, reply: Reply): void {
  const { tensors, bytes } = packNumbers(numbers);
  reply({ type: "reply", tensors }, bytes);
}
