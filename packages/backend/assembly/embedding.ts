import { loadSome, storeSome } from "./simd";

export function embedding(count: i32, width: i32, table: usize, ids: usize, y: usize): void {
  const stride = <usize>width << 2;
  for (let i = 0; i < count; i++) {
    memory.copy(y, table + <usize>load<i32>(ids + (<usize>i << 2)) * stride, stride);
    y += stride;
  }
}

/** Adds each row of dy to its row of the table's gradient; `paddingRow` (or -1) receives nothing. */
export function embeddingGradient(count: i32, width: i32, rows: i32, dy: usize, ids: usize, paddingRow: i32, d: usize): void {
  const stride = <usize>width << 2;
  memory.fill(d, 0, <usize>rows * stride);
  for (let i = 0; i < count; i++) {
    const id = load<i32>(ids + (<usize>i << 2));
    if (id != paddingRow) {
      const row = d + <usize>id * stride;
      for (let j = 0; j < width; j += 4) {
        const at = <usize>j << 2;
        storeSome(row + at, f32x4.add(loadSome(row + at, width - j), loadSome(dy + at, width - j)), width - j);
      }
    }
    dy += stride;
  }
}
