import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import type { Finding } from "@ticketbench/prune";
import { findMethodFile } from "@ticketbench/prune/node";
import { z } from "zod";
import { messages, send, type Message } from "./frame.ts";
import { methodFiles } from "./grants.ts";
import { startGuest } from "./launch.ts";
import { MemoryWatch } from "./memory-watch.ts";
import {
  type GuestCard,
  guestCardSchema,
  guestMessageSchema,
  type HostMessage,
  type MethodPaths,
  plain,
  type Question,
} from "./protocol.ts";
import { SandboxError } from "./sandbox-error.ts";

/** How much a guest may take. */
export interface SandboxLimits {
  /** Seconds of its own work, over its whole life; waiting for this side's answers is not counted. */
  readonly seconds: number;
  readonly memoryMegabytes: number;
  /** Seconds of its whole life by the clock, waiting included; left out where whoever opens it has a limit of its own. */
  readonly lifeSeconds?: number;
}

export const DEFAULT_LIMITS: SandboxLimits = { seconds: 120, memoryMegabytes: 2048 };

/** Who hears what a guest says on the way to its answer. */
export interface Listeners {
  readonly answer?: Answerer;
  readonly onFinding?: (finding: Finding) => void;
}

/** Answers a guest's questions; the answer is sent through `reply`. */
export type Answerer = (question: Question, bytes: Message["bytes"], reply: Reply) => Promise<void>;

/** Says something that belongs to one question. */
export type Reply = (message: DistributiveOmit<HostMessage, "ask">, bytes?: Uint8Array) => void;
type DistributiveOmit<T, K extends PropertyKey> = T extends { ask: number } ? Omit<T, K> : never;

const MOST_BYTES = 2 ** 31;
const KEPT_OUTPUT = 2000;
const KEPT_REFUSALS = 20;
/** Questions that may be open at once: a training, and what is asked about it meanwhile. Each holds weights on this side. */
const MOST_QUESTIONS = 8;
/** For the guest's own code, before any of the method's, to be there on a busy machine. */
const STARTUP_MILLISECONDS = 120_000;
const REFUSE: Answerer = () => Promise.reject(new Error("nothing can be asked now"));

/** A method's code in a process of its own, which answers as data. Everything that is measured happens on this side. */
export class Sandbox {
  readonly file: string;
  /** What the lockdown refused, even where the method went on after it. */
  readonly refused: string[] = [];
  readonly #guest: ChildProcess;
  readonly #pipe: Duplex;
  readonly #limits: SandboxLimits;
  readonly #memory: MemoryWatch;
  readonly #ended: Promise<void>;
  #life: NodeJS.Timeout | undefined;
  #left = STARTUP_MILLISECONDS;
  #output = "";
  #end: string | null = null;
  #hear: ((message: Message) => void) | null = null;
  #fail: ((error: Error) => void) | null = null;
  #card: GuestCard | null = null;

  private constructor(file: string, files: readonly string[], limits: SandboxLimits) {
    this.file = file;
    this.#limits = limits;
    this.#guest = startGuest({
      files,
      heap: limits.memoryMegabytes,
      processorSeconds: Math.ceil(4 * limits.seconds) + 10,
    });
    this.#pipe = this.#guest.stdio[3] as Duplex;
    this.#pipe.on("error", () => undefined);
    for (const stream of [this.#guest.stdout, this.#guest.stderr])
      stream?.on("data", (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT)));
    this.#memory = new MemoryWatch(this.#guest, limits.memoryMegabytes, () =>
      this.#stop(`used more than ${limits.memoryMegabytes} MB of memory`),
    );
    this.#ended = this.#listen();
  }

  /**
   * Starts a guest and loads a method into it, by name or path. `methods` are files that it may load besides by name, for
   * a control of a method that does not ship.
   * @throws PruneError where there is no such method; SandboxError where its code cannot be loaded or is refused
   */
  static async open(
    nameOrPath: string,
    { limits = DEFAULT_LIMITS, methods = {} }: { limits?: SandboxLimits; methods?: MethodPaths } = {},
  ): Promise<Sandbox> {
    const file = await findMethodFile(nameOrPath);
    const files = [...new Set((await Promise.all([file, ...Object.values(methods)].map(methodFiles))).flat())];
    const sandbox = new Sandbox(file, files, limits);
    try {
      await sandbox.#ready();
      sandbox.#card = guestCardSchema.parse((await sandbox.call({ type: "load", id: file, files, methods })).head);
      return sandbox;
    } catch (error) {
      await sandbox.close();
      throw error instanceof SandboxError
        ? error
        : new SandboxError(`${file}: its card cannot be read: ${String(error)}`);
    }
  }

  /** Waits until the guest's own code is there; the method's time begins then. */
  async #ready(): Promise<void> {
    await this.#turn(() => undefined, {});
    const { seconds, lifeSeconds } = this.#limits;
    this.#left = seconds * 1000;
    if (lifeSeconds === undefined) return;
    this.#life = setTimeout(() => this.#stop(`did not finish within ${lifeSeconds} s`), 1000 * lifeSeconds);
  }

  get card(): GuestCard {
    if (this.#card === null) throw new Error("the sandbox has no card before its method is loaded");
    return this.#card;
  }

  /**
   * Tells the guest to do something and returns its answer, answering its own questions on the way.
   * @throws SandboxError with the method's error, or with what it did that it may not
   */
  call(message: HostMessage, bytes?: Uint8Array, listeners: Listeners = {}): Promise<Message> {
    return this.#turn(() => send(this.#pipe, message, bytes), listeners);
  }

  /** A method's complete parameters, given some of them. Throws SandboxError for one that its schema refuses. */
  async parameters(params: unknown): Promise<Record<string, z.core.util.JSONType>> {
    const { head } = await this.call({ type: "parameters", params });
    return z.strictObject({ params: z.record(z.string(), z.json()) }).parse(head).params;
  }

  #turn(begin: () => void, { answer = REFUSE, onFinding }: Listeners): Promise<Message> {
    if (this.#end !== null) return Promise.reject(this.#error(this.#end));
    if (this.#hear !== null) return Promise.reject(new Error("a sandbox does one thing at a time"));
    return new Promise<Message>((settle, fail) => {
      const turn = new Turn(this.#left, () => this.#stop(`did not finish within ${this.#limits.seconds} s of work`));
      const finish = (then: () => void): void => {
        this.#left = turn.stop();
        this.#hear = this.#fail = null;
        then();
      };
      this.#fail = (error) => finish(() => fail(error));
      this.#hear = ({ head, bytes: body }) => {
        const said = guestMessageSchema.parse(head);
        if (said.type === "refused") this.#note(said.what);
        else if (said.type === "finding") onFinding?.(said.finding);
        else if (said.type === "ready") finish(() => settle({ head: null, bytes: body }));
        else if (said.type === "answer") finish(() => settle({ head: said.answer, bytes: body }));
        else if (said.type === "error") finish(() => fail(this.#error(said.message)));
        else if (turn.waiting < MOST_QUESTIONS)
          turn.whileWaiting(() => this.#answer(said.ask, said.question, body, answer));
        else this.#stop(`asked more than ${MOST_QUESTIONS} things at once: await each answer`);
      };
      begin();
    });
  }

  #note(refusal: string): void {
    if (this.refused.length < KEPT_REFUSALS) this.refused.push(refusal);
  }

  async #answer(ask: number, question: Question, bytes: Message["bytes"], answer: Answerer): Promise<void> {
    const reply: Reply = (message, body) => send(this.#pipe, { ...message, ask }, body);
    await answer(question, bytes, reply).catch((error: unknown) => {
      reply({ type: "refusal", message: error instanceof Error ? error.message : String(error) });
    });
  }

  /** Reads what the guest says until it ends; what is not of the protocol ends it. */
  async #listen(): Promise<void> {
    const closed = once(this.#guest, "close") as Promise<[number | null, NodeJS.Signals | null]>;
    try {
      for await (const message of messages(this.#pipe, MOST_BYTES)) this.#hear?.(message);
    } catch (error) {
      // A pipe that broke is a process that is ending: how it ended says more.
      if (!isBrokenPipe(error))
        this.#stop(`sent what is no answer (${error instanceof Error ? error.message.slice(0, 300) : String(error)})`);
    }
    const [code, signal] = await closed.catch(() => [null, null] as const);
    this.#memory.stop();
    clearTimeout(this.#life);
    this.#end ??= deathOf(code, signal, this.#output);
    this.#fail?.(this.#error(this.#end));
  }

  /** Ends the guest for what it did. */
  #stop(reason: string): void {
    this.#end ??= reason;
    this.#memory.kill();
  }

  #error(said: string): SandboxError {
    const message = said.replace(`method file ${this.file}: `, "");
    const untold = this.refused.filter((refusal) => !message.includes(refusal)).slice(0, 5);
    const refused = untold.length > 0 ? ` (refused: ${untold.join("; ")})` : "";
    return new SandboxError(`method ${this.file}: ${message}${refused}`);
  }

  /** Ends the guest and waits until it is gone. */
  async close(): Promise<void> {
    this.#end ??= "its sandbox is closed";
    this.#memory.kill();
    await this.#ended;
  }
}

function isBrokenPipe(error: unknown): boolean {
  return ["EPIPE", "ECONNRESET"].includes((error as NodeJS.ErrnoException).code ?? "");
}

function deathOf(code: number | null, signal: string | null, output: string): string {
  if (/out of memory|bad_alloc/.test(output)) return "ran out of memory";
  if (signal === "SIGXCPU" || code === 152) return "used up its processor time";
  const last = output.trim().split("\n").slice(-8).map(plain).filter(Boolean).join(" | ");
  return `its process ended by itself (${signal ?? `exit code ${code}`})${last === "" ? "" : `: ${last}`}`;
}

/** The guest's time: it runs while the guest works, and stands still while this side works for it. */
class Turn {
  readonly #late: () => void;
  #left: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #waiting = 0;

  constructor(milliseconds: number, late: () => void) {
    this.#left = milliseconds;
    this.#late = late;
    this.#start();
  }

  #start(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(this.#late, Math.max(0, this.#left));
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#left -= performance.now() - this.#since;
  }

  /** Questions that this side is answering. */
  get waiting(): number {
    return this.#waiting;
  }

  whileWaiting(work: () => Promise<void>): void {
    if (this.#waiting++ === 0) this.#pause();
    void work().finally(() => {
      if (--this.#waiting === 0) this.#start();
    });
  }

  /** Ends the turn; returns the milliseconds that are left. */
  stop(): number {
    if (this.#waiting === 0) this.#pause();
    this.#waiting = Number.POSITIVE_INFINITY;
    return this.#left;
  }
}
