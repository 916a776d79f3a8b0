// The first mebibyte of the memory is the kernels' own; tensors begin at HEAP_BASE.

/** Words of a dropout group: 64 bytes. */
export const DROPOUT_WORDS: usize = 1024;
/** A tile of the product that hangs over the edge: MR * NR floats. */
export const EDGE_TILE: usize = 2048;
/** Packed panels of the left matrix: (MC + MR) * KC floats. */
export const LEFT_PANELS: usize = 4096;
/** Packed panels of the right matrix: KC * (NC + NR) floats. */
export const RIGHT_PANELS: usize = 147456;
/** Where tensors may begin. */
export const HEAP_BASE: usize = 1048576;

export function heapBase(): usize {
  return HEAP_BASE;
}
