import { expect, test } from "vitest";
import { randomStream, tf } from "../../index.ts";
import { readWasmArtifacts } from "../../node.ts";
import { drawCases, type OperationCase } from "../../testing/operations.ts";
import { WasmBackend } from "./backend.ts";
import type { KernelExports } from "./exports.ts";
import { Heap } from "./heap.ts";
import { registerWasmKernels } from "./kernels.ts";

const ZONE = 64;
const PATTERN = 0xa5;
let engines = 0;

/** Puts a pattern before and after every tensor's bytes, to the byte, and looks whether it is still there. */
class RedZoneHeap extends Heap {
  readonly #bytes: Uint8Array;
  readonly #live = new Map<number, number>();

  constructor(memory: WebAssembly.Memory, start: number) {
    super(memory, start);
    this.#bytes = new Uint8Array(memory.buffer);
  }

  override allocate(bytes: number): number {
    const offset = super.allocate(bytes + 2 * ZONE) + ZONE;
    this.#bytes.fill(PATTERN, offset - ZONE, offset);
    this.#bytes.fill(PATTERN, offset + bytes, offset + bytes + ZONE);
    this.#live.set(offset, bytes);
    return offset;
  }

  override release(offset: number, bytes: number): void {
    this.check("release");
    this.#live.delete(offset);
    super.release(offset - ZONE, bytes + 2 * ZONE);
  }

  check(after: string): void {
    for (const [offset, bytes] of this.#live) {
      const zones = [
        this.#bytes.subarray(offset - ZONE, offset),
        this.#bytes.subarray(offset + bytes, offset + bytes + ZONE),
      ];
      if (zones.some((zone) => zone.some((byte) => byte !== PATTERN)))
        expect.fail(`${after} wrote outside a tensor of ${bytes} bytes`);
    }
  }
}

async function openRedZoneEngine(build: "relaxed" | "plain"): Promise<RedZoneHeap> {
  const memory = new WebAssembly.Memory({ initial: 512, maximum: 512 });
  const { instance } = await WebAssembly.instantiate((await readWasmArtifacts())[build], { env: { memory } });
  const wasm = instance.exports as unknown as KernelExports;
  const heap = new RedZoneHeap(memory, wasm.layOut());
  const backend = new WasmBackend(memory, heap);
  const name = `red-zone-${++engines}`;
  tf.enableProdMode();
  tf.registerBackend(name, () => backend);
  registerWasmKernels(name, backend, watched(wasm, heap));
  await tf.setBackend(name);
  return heap;
}

/** The kernels, each followed by a look at every zone. */
function watched(wasm: KernelExports, heap: RedZoneHeap): KernelExports {
  const kernels = Object.entries(wasm as unknown as Record<string, (...numbers: number[]) => number>).map(
    ([name, kernel]) => [
      name,
      (...numbers: number[]) => {
        const result = kernel(...numbers);
        heap.check(`${name}(${numbers.join(", ")})`);
        return result;
      },
    ],
  );
  return Object.fromEntries(kernels) as KernelExports;
}

function runWithGradients({ inputs, run }: OperationCase): void {
  tf.tidy(() => {
    const tensors = inputs.map(({ values, shape }) => tf.tensor(values.slice(), [...shape]));
    tf.grads((...xs: tf.Tensor[]) => tf.sum(run(...xs)))(tensors);
  });
}

test.each(["relaxed", "plain"] as const)("no kernel of the %s build writes outside its tensors", async (build) => {
  await openRedZoneEngine(build);
  for (let draw = 0; draw < 12; draw++) {
    const sizes = draw < 8 ? [1, 2, 3, 5, 7, 17, 31] : [8, 40, 129, 260, 520];
    for (const operation of drawCases(randomStream(draw, "red zone"), sizes)) runWithGradients(operation);
  }
});

test("the red zone sees a kernel that writes one float too many", async () => {
  const heap = await openRedZoneEngine("plain");
  const x = tf.zeros([3]);
  const backend = tf.backend() as WasmBackend;
  const offset = backend.offset(x);
  new Float32Array(backend.values(x).buffer, offset, 4)[3] = 1;
  expect(() => heap.check("the test")).toThrow("the test wrote outside a tensor of 12 bytes");
});
