// The first mebibyte of the memory is the kernels' own; tensors begin at HEAP_BASE.

/** Words of a dropout group: 64 bytes. */
export const DROPOUT_WORDS: usize = 1024;
/** Constants of the exponential: 13 floats. */
export const EXP_CONSTANTS: usize = 1280;
/** Constants of GELU: 12 floats. */
export const GELU_CONSTANTS: usize = 1536;
/** Constants of dropout: 2 words. */
export const DROPOUT_CONSTANTS: usize = 1792;
/** A tile of the product that hangs over the edge: MR * NR floats. */
export const EDGE_TILE: usize = 2048;
/** Packed panels of the left matrix: (MC + MR) * KC floats. */
export const LEFT_PANELS: usize = 4096;
/** Packed panels of the right matrix: KC * (NC + NR) floats. */
export const RIGHT_PANELS: usize = 147456;
/** Where tensors may begin. */
export const HEAP_BASE: usize = 1048576;
