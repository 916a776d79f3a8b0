import { EngineError } from "../../engine.ts";

const PAGE = 65536;
/** Sizes tried in turn, in pages: 4 GiB is the most that 32 bits address; pages count only once they are touched. */
const RESERVATIONS = [65536, 32768, 16384, 8192];

/** Rounds up to a size class: multiples of 64 bytes, then eight classes for each power of two. */
function sizeClass(bytes: number): number {
  const aligned = Math.max(64, (bytes + 63) & ~63);
  if (aligned <= 4096) return aligned;
  const step = 2 ** (Math.floor(Math.log2(aligned)) - 3);
  return Math.ceil(aligned / step) * step;
}

/** Reserves the largest memory this machine gives. It never grows, so views of it stay good. */
export function reserveMemory(): WebAssembly.Memory {
  for (const pages of RESERVATIONS) {
    try {
      return new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch {
      // A smaller one may fit: a container or `ulimit -v` may cap the address space.
    }
  }
  const least = ((RESERVATIONS.at(-1) as number) * PAGE) / 2 ** 20;
  throw new EngineError(
    `wasm engine: this machine gives no ${least} MiB of memory; free some or raise its limit (ulimit -v)`,
  );
}

/** Where tensors live in the memory: blocks by size class, freed blocks used again, joined when nothing else is left. */
export class Heap {
  readonly #end: number;
  readonly #free = new Map<number, number[]>();
  #top: number;

  /** @param start first byte that tensors may use, a multiple of 64 */
  constructor(memory: WebAssembly.Memory, start: number) {
    this.#top = start;
    this.#end = memory.buffer.byteLength;
  }

  /** Highest byte ever given out. */
  get top(): number {
    return this.#top;
  }

  /** Offset of a block of at least that many bytes, a multiple of 64. Throws EngineError when the memory is full. */
  allocate(bytes: number): number {
    const size = sizeClass(bytes);
    const reused = this.#free.get(size)?.pop();
    if (reused !== undefined) return reused;
    if (this.#top + size <= this.#end) {
      const offset = this.#top;
      this.#top += size;
      return offset;
    }
    const joined = this.#allocateJoined(size);
    if (joined !== null) return joined;
    const limit = Math.round(this.#end / 2 ** 20);
    throw new EngineError(
      `wasm engine: out of memory: ${Math.ceil(size / 2 ** 20)} MiB more do not fit its ${limit} MiB. ` +
        "Use a smaller batch or model, or the tensorflow engine (npm run engine:tensorflow)",
    );
  }

  /** Gives a block back; `bytes` as asked for. */
  release(offset: number, bytes: number): void {
    this.#putBack(offset, sizeClass(bytes));
  }

  #putBack(offset: number, size: number): void {
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [offset]);
    else list.push(offset);
  }

  /** Joins neighbouring free blocks and cuts the block out of the first run that is long enough. */
  #allocateJoined(size: number): number | null {
    const blocks = [...this.#free].flatMap(([length, offsets]) => offsets.map((offset) => ({ offset, length })));
    blocks.sort((a, b) => a.offset - b.offset);
    const runs: { offset: number; length: number }[] = [];
    for (const block of blocks) {
      const last = runs.at(-1);
      if (last !== undefined && last.offset + last.length === block.offset) last.length += block.length;
      else runs.push({ ...block });
    }
    this.#free.clear();
    const fitting = runs.find((run) => run.length >= size);
    for (const run of runs) {
      const taken = run === fitting ? size : 0;
      if (run.length > taken) this.#putBack(run.offset + taken, run.length - taken);
    }
    return fitting?.offset ?? null;
  }
}
