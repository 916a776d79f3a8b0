import type { DropoutSite } from "../../random/dropout.ts";
import { tf } from "../../tf.ts";
import { type Scope, TYPE, type Value } from "./scope.ts";

/**
 * The factors of `dropoutFactors`, made by TensorFlow's own Philox4x32-10 under the same key and counters. Its words
 * come block after block; a word is two halves, and a group of 32 elements is 8 halves of 4 blocks, transposed.
 */
export function dropoutFactors(
  s: Scope,
  { key0, key1, step, site, threshold, scale }: DropoutSite,
  shape: number[],
): Value {
  const count = tf.util.sizeFromShape(shape);
  const groups = Math.ceil(count / 32);
  const philox = [s.ints(groups, 4, 4), s.longs(key0, key1), s.longs(0, 0, step, site), s.int(1)];
  const words = s.run("StatelessRandomUniformFullIntV2", philox, { dtype: TYPE.int32, Tshape: TYPE.int32 });
  const pairs = s.run("Bitcast", [words], { T: TYPE.int32, type: TYPE.uint16 });
  const halves = s.run("Reshape", [pairs, s.ints(groups, 4, 8)], { T: TYPE.uint16, Tshape: TYPE.int32 });
  const least = s.run("Cast", [s.float(threshold)], { SrcT: TYPE.float, DstT: TYPE.uint16, Truncate: false });
  const kept = s.run("GreaterEqual", [halves, least], { T: TYPE.uint16 });
  const ordered = s.transpose(kept, 0, 2, 1);
  const all = s.float32("Mul", [s.toFloat(ordered), scale]);
  if (count === groups * 32) return s.reshape(all, ...shape);
  const flat = [s.reshape(all, groups * 32), s.ints(0), s.ints(count)];
  return s.reshape(s.run("Slice", flat, { T: TYPE.float, Index: TYPE.int32 }), ...shape);
}

/** What a site leaves of a tensor; all of it without a site. */
export function drop(s: Scope, x: Value, site: DropoutSite | null | undefined): Value {
  return site == null ? x : s.float32("Mul", [x, dropoutFactors(s, site, x.shape)]);
}
