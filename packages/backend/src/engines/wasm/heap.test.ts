import fc from "fast-check";
import { expect, test } from "vitest";
import { Heap } from "./heap.ts";

const START = 1024;

function smallHeap(pages: number): Heap {
  return new Heap(new WebAssembly.Memory({ initial: pages, maximum: pages }), START);
}

test("live blocks never overlap, whatever the order of allocation and release", () => {
  const command = fc.record({ bytes: fc.integer({ min: 0, max: 9000 }), releaseFirst: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
      const heap = smallHeap(8);
      const live: { offset: number; bytes: number }[] = [];
      for (const { bytes, releaseFirst } of commands) {
        const freed = live.splice(0, Math.min(live.length, releaseFirst > 15 ? 3 : releaseFirst % 2));
        for (const block of freed) heap.release(block.offset, block.bytes);
        let offset: number;
        try {
          offset = heap.allocate(bytes);
        } catch {
          continue;
        }
        expect(offset % 64).toBe(0);
        expect(offset).toBeGreaterThanOrEqual(START);
        for (const other of live) {
          expect(offset + bytes <= other.offset || other.offset + other.bytes <= offset).toBe(true);
        }
        live.push({ offset, bytes });
      }
    }),
  );
});

test("a full heap throws, names the size and says what to do", () => {
  const heap = smallHeap(16);
  expect(() => heap.allocate(2 ** 21)).toThrow(/out of memory: 2 MiB more do not fit its 1 MiB.*tensorflow engine/);
});

test("freed neighbours are joined before the heap gives up", () => {
  const heap = smallHeap(16);
  const blocks: number[] = [];
  for (;;) {
    try {
      blocks.push(heap.allocate(65536));
    } catch {
      break;
    }
  }
  for (const offset of blocks) heap.release(offset, 65536);
  expect(heap.allocate(5 * 65536)).toBeGreaterThanOrEqual(START);
});
