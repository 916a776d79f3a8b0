/** Bits packed eight to a byte, the lowest first: how a mask keeps one bit for each weight. */
export function packedLength(count: number): number {
  return Math.ceil(count / 8);
}

/** Bits for `count` weights, all set; the spare bits of the last byte stay 0, so equal masks are equal bytes. */
export function allSet(count: number): Uint8Array {
  const bits = new Uint8Array(packedLength(count)).fill(0xff);
  if (count % 8 !== 0) bits[bits.length - 1] = (1 << (count % 8)) - 1;
  return bits;
}

/** Packs one byte a weight (0 or 1) to one bit a weight. */
export function pack(bytes: Uint8Array): Uint8Array {
  const bits = new Uint8Array(packedLength(bytes.length));
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 1) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  }
  return bits;
}

/** One byte a weight (0 or 1) from one bit a weight. */
export function unpack(bits: Uint8Array, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i++) bytes[i] = ((bits[i >> 3] as number) >> (i & 7)) & 1;
  return bytes;
}

/** Set bits in each value of a byte. */
const SET_BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest &= rest - 1) count++;
  return count;
});

/** How many bits are set. */
export function countSet(bits: Uint8Array): number {
  let count = 0;
  for (const byte of bits) count += SET_BITS[byte] as number;
  return count;
}

/** How many bits are set in both. */
export function countBoth(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += SET_BITS[(a[i] as number) & (b[i] as number)] as number;
  return count;
}
