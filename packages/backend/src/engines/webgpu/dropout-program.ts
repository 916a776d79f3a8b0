import type { DropoutSite } from "../../random/dropout.ts";
import { tf } from "../../tf.ts";

/** A program as tfjs's WebGPU backend runs it. */
export interface WebgpuProgram {
  readonly variableNames: string[];
  readonly outputShape: number[];
  readonly uniforms: string;
  readonly workgroupSize: [number, number, number];
  readonly size: true;
  readonly dispatchLayout: { x: number[] };
  readonly dispatch: [number, number, number];
  readonly shaderKey: string;
  getUserCode(): string;
}

/** A number that a program is given. */
export interface WebgpuUniform {
  readonly type: "uint32" | "float32";
  readonly data: number[];
}

const WORKGROUP = 64;

/** Philox4x32-10 in WGSL, which has no 64-bit product: the high half is put together from 16-bit ones. */
const PHILOX = `
  fn multiplyHigh(a : u32, b : u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
  }

  fn philox(start : vec4<u32>, startKey : vec2<u32>) -> vec4<u32> {
    var x = start;
    var key = startKey;
    for (var round = 0; round < 10; round++) {
      let high0 = multiplyHigh(0xd2511f53u, x.x);
      let high1 = multiplyHigh(0xcd9e8d57u, x.z);
      x = vec4<u32>(high1 ^ x.y ^ key.x, 0xcd9e8d57u * x.z, high0 ^ x.w ^ key.y, 0xd2511f53u * x.x);
      key += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
    }
    return x;
  }
`;

/** The factors of `dropoutFactors`, one element a thread. */
export function dropoutProgram(shape: number[]): WebgpuProgram {
  const groups = Math.ceil(tf.util.sizeFromShape(shape) / WORKGROUP);
  return {
    variableNames: [],
    outputShape: shape,
    uniforms: "threshold : u32, scale : f32, key0 : u32, key1 : u32, step : u32, site : u32,",
    workgroupSize: [WORKGROUP, 1, 1],
    size: true,
    dispatchLayout: { x: shape.map((_, i) => i) },
    dispatch: [groups, 1, 1],
    shaderKey: "dropoutFactors",
    getUserCode: () => `
      ${PHILOX}
      fn main(index : i32) {
        if (index < uniforms.size) {
          let element = u32(index);
          let block = element / 32u * 4u + element % 4u;
          let half = element % 32u / 4u;
          let counter = vec4<u32>(block, 0u, uniforms.step, uniforms.site);
          let words = philox(counter, vec2<u32>(uniforms.key0, uniforms.key1));
          let bits = (words[half / 2u] >> (half % 2u * 16u)) & 0xffffu;
          setOutputAtIndex(index, select(0.0, uniforms.scale, bits >= uniforms.threshold));
        }
      }`,
  };
}

/** The numbers of a site, in the order the program declares them. */
export function dropoutUniforms({ threshold, scale, key0, key1, step, site }: DropoutSite): WebgpuUniform[] {
  const integers = [key0, key1, step, site].map((word): WebgpuUniform => ({ type: "uint32", data: [word >>> 0] }));
  return [{ type: "uint32", data: [threshold] }, { type: "float32", data: [scale] }, ...integers];
}
