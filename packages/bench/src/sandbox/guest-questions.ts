import type { Writable } from "node:stream";
import type { Weights } from "@ticketbench/model";
import { type Calibration, encodeMask, type InputVisitor, type Training, type TrainingState } from "@ticketbench/prune";
import { send } from "./frame.ts";
import type { HostMessage, Question } from "./protocol.ts";
import { packTensors, unpackNumbers, unpackTensors } from "./tensors.ts";

interface Reply {
  readonly tensors: Parameters<typeof unpackTensors>[0];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Pending {
  readonly settle: (reply: Reply) => void;
  readonly fail: (error: Error) => void;
  readonly visit: InputVisitor;
}

/** What a method asks of the side that has data and engine, and the answers as they come in. */
export class Questions {
  readonly #host: Writable;
  readonly #pending = new Map<number, Pending>();
  #asked = 0;

  constructor(host: Writable) {
    this.#host = host;
  }

  #ask(question: Question, bytes: Uint8Array, visit: InputVisitor = () => undefined): Promise<Reply> {
    const ask = this.#asked++;
    send(this.#host, { type: "ask", ask, question }, bytes);
    return new Promise((settle, fail) => this.#pending.set(ask, { settle, fail, visit }));
  }

  /** Takes a message that answers a question; false for one that is something else. */
  hear(message: HostMessage, bytes: Uint8Array<ArrayBuffer>): boolean {
    if (message.type !== "reply" && message.type !== "refusal" && message.type !== "input") return false;
    const pending = this.#pending.get(message.ask);
    if (message.type === "input")
      pending?.visit(message.name, new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), message.columns);
    else this.#pending.delete(message.ask);
    if (message.type === "reply") pending?.settle({ tensors: message.tensors, bytes });
    if (message.type === "refusal") pending?.fail(new Error(message.message));
    return true;
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
        await this.#ask({ what: "inputs", tensors }, bytes, visit);
      },
    };
  }

  /** Training from the rewind point, on the other side. */
  training(): Training {
    return { train: async (mask) => this.#weights({ what: "train" }, await encodeMask(mask)) };
  }

  /** The network that the other side is training. */
  trainingState(): TrainingState {
    return {
      weights: () => this.#weights({ what: "weights now" }, new Uint8Array()),
      gradients: async () => {
        const { tensors, bytes } = await this.#ask({ what: "gradients now" }, new Uint8Array());
        return unpackNumbers(tensors, bytes);
      },
    };
  }

  async #weights(question: Question, sent: Uint8Array): Promise<Weights> {
    const { tensors, bytes } = await this.#ask(question, sent);
    return unpackTensors(tensors, bytes);
  }
}
