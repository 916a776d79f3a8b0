/**
 * A restricted reader of Python pickles. A pickle is a program for a small stack machine whose GLOBAL and REDUCE
 * instructions call anything Python can import; here they reach a list of allowed names and nothing else, so that
 * reading a file runs no code of the file's. Protocol 2, which is what PyTorch writes.
 */
import { ModelError } from "./error.ts";

/** dict -> Map, list and tuple -> array, set -> Set, bytes -> Uint8Array, int -> number, or bigint past 2^53. */
export type PickleValue = unknown;

export interface PickleReading {
  /** What a pickle may name, by `module name`: functions it may call, and values. */
  readonly globals: ReadonlyMap<string, PickleValue>;
  /** What stands for an object kept outside the pickle. */
  readonly persistent: (id: PickleValue) => PickleValue;
  /** For error messages. */
  readonly source: string;
}

/** The bytes ended before the pickle did: there may be more to read. */
export class PickleTruncatedError extends ModelError {}

const MARK = Symbol("mark");

/** Reads one pickle from `start`. Returns its value and the offset after it. */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  reading: PickleReading,
): { value: PickleValue; end: number } {
  const machine = new PickleMachine(bytes, start, reading);
  const value = machine.run();
  return { value, end: machine.position };
}

class PickleMachine {
  position: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #reading: PickleReading;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(bytes: Uint8Array, start: number, reading: PickleReading) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
    this.#reading = reading;
  }

  run(): PickleValue {
    for (;;) {
      const at = this.position;
      const code = this.#byte();
      if (code === 0x2e) return this.#pop();
      const instruction = INSTRUCTIONS.get(code);
      if (instruction === undefined)
        throw this.#error(`instruction 0x${code.toString(16).padStart(2, "0")} at byte ${at} is not supported`);
      instruction(this);
    }
  }

  #error(message: string): ModelError {
    return new ModelError(`${this.#reading.source}: pickle: ${message}`);
  }

  #take(length: number): number {
    const at = this.position;
    if (at + length > this.#bytes.length)
      throw new PickleTruncatedError(`${this.#reading.source}: pickle: ends at byte ${this.#bytes.length}, unfinished`);
    this.position += length;
    return at;
  }

  #byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw this.#error(`takes from an empty stack at byte ${this.position}`);
    return this.#stack.pop();
  }

  #text(length: number): string {
    const at = this.#take(length);
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length));
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end === -1) this.#take(this.#bytes.length);
    const text = this.#text(end - this.position);
    this.position = end + 1;
    return text;
  }

  /** Everything above the last mark. */
  #sinceMark(): unknown[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark === -1) throw this.#error(`looks for a mark that is not there at byte ${this.position}`);
    const values = this.#stack.splice(mark);
    return values.slice(1);
  }

  #top<T>(type: abstract new (...parameters: never[]) => T, what: string): T {
    const value = this.#stack.at(-1);
    if (!(value instanceof type)) throw this.#error(`expects a ${what} at byte ${this.position}`);
    return value;
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  pushMark(): void {
    this.push(MARK);
  }

  pushUint8(): void {
    this.push(this.#byte());
  }

  pushUint16(): void {
    this.push(this.#view.getUint16(this.#take(2), true));
  }

  pushInt32(): void {
    this.push(this.#view.getInt32(this.#take(4), true));
  }

  pushDouble(): void {
    this.push(this.#view.getFloat64(this.#take(8), false));
  }

  /** A two's-complement integer of up to 255 bytes, least significant first. */
  pushLong(): void {
    const length = this.#byte();
    const at = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#view.getUint8(at + i));
    const signed = BigInt.asIntN(8 * length, value);
    const number = Number(signed);
    this.push(Number.isSafeInteger(number) ? number : signed);
  }

  pushText(): void {
    this.push(this.#text(this.#view.getUint32(this.#take(4), true)));
  }

  /** Python 2's text. */
  pushShortText(): void {
    this.push(this.#text(this.#byte()));
  }

  pushTuple(length: number): void {
    const values = Array.from({ length }, () => this.#pop());
    this.push(values.reverse());
  }

  pushMarkedTuple(): void {
    this.push(this.#sinceMark());
  }

  pushGlobal(): void {
    const name = `${this.#line()} ${this.#line()}`;
    if (!this.#reading.globals.has(name))
      throw this.#error(`names ${name.replace(" ", ".")}, which is not on the list of what a checkpoint may hold`);
    this.push(this.#reading.globals.get(name));
  }

  pushPersistent(): void {
    this.push(this.#reading.persistent(this.#pop()));
  }

  reduce(): void {
    const values = this.#pop();
    const callee = this.#pop();
    if (typeof callee !== "function" || !Array.isArray(values))
      throw this.#error(`calls what is not a function at byte ${this.position}`);
    this.push((callee as (...values: readonly PickleValue[]) => PickleValue)(...(values as PickleValue[])));
  }

  /** An object's further state: PyTorch keeps version notes there, which nothing needs. */
  build(): void {
    this.#pop();
    this.#top(Map, "dict");
  }

  append(): void {
    const value = this.#pop();
    this.#top<unknown[]>(Array, "list").push(value);
  }

  appendMarked(): void {
    const values = this.#sinceMark();
    const list = this.#top<unknown[]>(Array, "list");
    for (const value of values) list.push(value);
  }

  setItem(): void {
    const value = this.#pop();
    const key = this.#pop();
    this.#top<Map<unknown, unknown>>(Map, "dict").set(key, value);
  }

  setMarkedItems(): void {
    const values = this.#sinceMark();
    const dict = this.#top<Map<unknown, unknown>>(Map, "dict");
    for (let i = 0; i + 1 < values.length; i += 2) dict.set(values[i], values[i + 1]);
  }

  remember(index: number): void {
    this.#memo.set(index, this.#stack.at(-1));
  }

  recall(index: number): void {
    if (!this.#memo.has(index)) throw this.#error(`recalls ${index}, which it never remembered`);
    this.push(this.#memo.get(index));
  }

  index8(): number {
    return this.#byte();
  }

  index32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  checkProtocol(): void {
    const protocol = this.#byte();
    if (protocol > 2) throw this.#error(`protocol ${protocol} is not supported, expected 2 (PyTorch's)`);
  }
}

/** By the byte that stands for them; names as in Python's pickletools. */
const INSTRUCTIONS: ReadonlyMap<number, (machine: PickleMachine) => void> = new Map([
  [0x80, (machine) => machine.checkProtocol()], // PROTO
  [0x28, (machine) => machine.pushMark()], // MARK
  [0x4e, (machine) => machine.push(null)], // NONE
  [0x88, (machine) => machine.push(true)], // NEWTRUE
  [0x89, (machine) => machine.push(false)], // NEWFALSE
  [0x4b, (machine) => machine.pushUint8()], // BININT1
  [0x4d, (machine) => machine.pushUint16()], // BININT2
  [0x4a, (machine) => machine.pushInt32()], // BININT
  [0x8a, (machine) => machine.pushLong()], // LONG1
  [0x47, (machine) => machine.pushDouble()], // BINFLOAT
  [0x58, (machine) => machine.pushText()], // BINUNICODE
  [0x55, (machine) => machine.pushShortText()], // SHORT_BINSTRING
  [0x54, (machine) => machine.pushText()], // BINSTRING
  [0x29, (machine) => machine.pushTuple(0)], // EMPTY_TUPLE
  [0x85, (machine) => machine.pushTuple(1)], // TUPLE1
  [0x86, (machine) => machine.pushTuple(2)], // TUPLE2
  [0x87, (machine) => machine.pushTuple(3)], // TUPLE3
  [0x74, (machine) => machine.pushMarkedTuple()], // TUPLE
  [0x5d, (machine) => machine.push([])], // EMPTY_LIST
  [0x61, (machine) => machine.append()], // APPEND
  [0x65, (machine) => machine.appendMarked()], // APPENDS
  [0x7d, (machine) => machine.push(new Map())], // EMPTY_DICT
  [0x73, (machine) => machine.setItem()], // SETITEM
  [0x75, (machine) => machine.setMarkedItems()], // SETITEMS
  [0x71, (machine) => machine.remember(machine.index8())], // BINPUT
  [0x72, (machine) => machine.remember(machine.index32())], // LONG_BINPUT
  [0x68, (machine) => machine.recall(machine.index8())], // BINGET
  [0x6a, (machine) => machine.recall(machine.index32())], // LONG_BINGET
  [0x63, (machine) => machine.pushGlobal()], // GLOBAL
  [0x51, (machine) => machine.pushPersistent()], // BINPERSID
  [0x52, (machine) => machine.reduce()], // REDUCE
  [0x62, (machine) => machine.build()], // BUILD
]);
