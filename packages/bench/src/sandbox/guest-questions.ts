import type { Writable } from "node:stream";
import type { Weights } from "@ticketbench/model";
import {
  type Calibration,
  decodeMask,
  encodeMask,
  type InputVisitor,
  type Schedule,
  type Shapes,
  type Training,
  type TrainingState,
} from "@ticketbench/prune";
import { send } from "./frame.ts";
import type { HostMessage, Question } from "./protocol.ts";
import { packTensors, type TensorList, unpackNumbers, unpackTensors } from "./tensors.ts";

type Begin = Parameters<Training["follow"]>[0];

interface Reply {
  readonly tensors: TensorList;
  readonly maskBytes: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Pending {
  readonly settle: (reply: Reply) => void;
  readonly fail: (error: Error) => void;
  readonly visit?: InputVisitor;
  readonly begin?: Begin;
}

/** What a method asks of the side that has data and engine, and the answers as they come in. */
export class Questions {
  readonly #host: Writable;
  readonly #pending = new Map<number, Pending>();
  #asked = 0;
  #schedule: Schedule | null = null;

  constructor(host: Writable) {
    this.#host = host;
  }

  #ask(question: Question, bytes: Uint8Array, listeners: Pick<Pending, "visit" | "begin"> = {}): Promise<Reply> {
    const ask = this.#asked++;
    send(this.#host, { type: "ask", ask, question }, bytes);
    return new Promise((settle, fail) => this.#pending.set(ask, { settle, fail, ...listeners }));
  }

  /** Takes a message that belongs to a question; false for one that is something else. */
  hear(message: HostMessage, bytes: Uint8Array<ArrayBuffer>): boolean {
    if (!("ask" in message)) return false;
    const pending = this.#pending.get(message.ask);
    if (pending === undefined) return true;
    if (message.type === "input")
      pending.visit?.(
        message.name,
        new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
        message.columns,
      );
    else if (message.type === "step") void this.#hold(message, bytes, pending).catch(pending.fail);
    else {
      this.#pending.delete(message.ask);
      if (message.type === "refusal") pending.fail(new Error(message.message));
      else pending.settle({ tensors: message.tensors, maskBytes: message.maskBytes ?? 0, bytes });
    }
    return true;
  }

  /** One step of a training on the other side that follows a schedule of this one. */
  async #hold(
    { step, totalSteps, tensors }: HostMessage & { type: "step" },
    bytes: Uint8Array<ArrayBuffer>,
    { begin }: Pending,
  ): Promise<void> {
    if (step === 0) this.#schedule = begin?.(unpackTensors(tensors, bytes), totalSteps) ?? null;
    const mask = (await this.#schedule?.maskAt(step, this.trainingState())) ?? null;
    await this.#ask({ what: "hold" }, mask === null ? new Uint8Array() : await encodeMask(mask));
  }

  /** Learning from training questions, which the other side holds: it runs the network and sends what came of it. */
  calibration(batches: number): Calibration {
    return {
      batches,
      gradients: async (weights, batch) => {
        const { tensors, bytes } = packTensors(weights);
        const asked = { what: "gradients", tensors, ...(batch === undefined ? {} : { batch }) } as const;
        const reply = await this.#ask(asked, bytes);
        return unpackNumbers(reply.tensors, reply.bytes);
      },
      visitInputs: async (weights, visit) => {
        const { tensors, bytes } = packTensors(weights);
        await this.#ask({ what: "inputs", tensors }, bytes, { visit });
      },
    };
  }

  /** Training from the rewind point, on the other side. */
  training(shapes: Shapes): Training {
    return {
      train: async (mask) => this.#weights({ what: "train" }, await encodeMask(mask)),
      follow: async (begin) => {
        const { tensors, maskBytes, bytes } = await this.#ask({ what: "follow" }, new Uint8Array(), { begin });
        const mask = await decodeMask(bytes.subarray(0, maskBytes), shapes);
        return { mask, weights: unpackTensors(tensors, bytes.slice(maskBytes)) };
      },
    };
  }

  /** The network that the other side is training. */
  trainingState(): TrainingState {
    return {
      weights: () => this.#weights({ what: "weights now" }, new Uint8Array()),
      gradients: async () => {
        const { tensors, bytes } = await this.#ask({ what: "gradients now" }, new Uint8Array());
        return unpackNumbers(tensors, bytes);
      },
      set: async (weights) => {
        const { tensors, bytes } = packTensors(weights);
        await this.#ask({ what: "set weights", tensors }, bytes);
      },
    };
  }

  async #weights(question: Question, sent: Uint8Array): Promise<Weights> {
    const { tensors, bytes } = await this.#ask(question, sent);
    return unpackTensors(tensors, bytes);
  }
}
