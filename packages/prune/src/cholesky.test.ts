import fc from "fast-check";
import { expect, test } from "vitest";
import { cholesky, inverseFromCholesky, upperCholesky } from "./cholesky.ts";

/** Product of two n x n matrices, as three plain loops. */
function times(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++) product[i * n + j]! += (a[i * n + k] ?? NaN) * (b[k * n + j] ?? NaN);
  return product;
}

const transposed = (a: Float64Array, n: number) => a.map((_, i) => a[(i % n) * n + Math.floor(i / n)] ?? NaN);

/** B B^T + I is symmetric and positive definite, whatever B. */
const anyDefinite = fc.integer({ min: 1, max: 6 }).chain((n) =>
  fc.array(fc.integer({ min: -5, max: 5 }), { minLength: n * n, maxLength: n * n }).map((entries) => {
    const b = Float64Array.from(entries);
    const matrix = times(b, transposed(b, n), n).map((value, i) => value + (i % (n + 1) === 0 ? 1 : 0));
    return { n, matrix };
  }),
);

test("the factors multiply to the matrix, and the inverse times it is the identity", () => {
  fc.assert(
    fc.property(anyDefinite, ({ n, matrix }) => {
      const lower = cholesky(matrix, n);
      const upper = upperCholesky(matrix, n);
      const identity = times(inverseFromCholesky(lower, n), matrix, n);
      matrix.forEach((value, i) => {
        expect(times(lower, transposed(lower, n), n)[i]).toBeCloseTo(value, 8);
        expect(times(transposed(upper, n), upper, n)[i]).toBeCloseTo(value, 8);
        expect(identity[i]).toBeCloseTo(i % (n + 1) === 0 ? 1 : 0, 8);
      });
    }),
  );
});

test("a matrix that is not positive definite is refused, with the pivot", () => {
  expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow(/pivot 1 is -3/);
});
