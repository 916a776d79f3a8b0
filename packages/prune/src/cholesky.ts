/** Square matrices are row-major, n x n, in double precision. */

/** L with A = L L^T, lower triangular, for a symmetric positive definite A. Throws a RangeError when A is not. */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] as number;
      for (let k = 0; k < j; k++) sum -= (lower[i * n + k] as number) * (lower[j * n + k] as number);
      if (i !== j) lower[i * n + j] = sum / (lower[j * n + j] as number);
      else if (sum > 0) lower[i * n + i] = Math.sqrt(sum);
      else throw new RangeError(`the matrix is not positive definite: pivot ${i} is ${sum}`);
    }
  }
  return lower;
}

/** The inverse of A from its Cholesky factor: A^-1 = L^-T L^-1. */
export function inverseFromCholesky(lower: Float64Array, n: number): Float64Array {
  const inverseLower = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    for (let i = column; i < n; i++) {
      let sum = i === column ? 1 : 0;
      for (let k = column; k < i; k++) sum -= (lower[i * n + k] as number) * (inverseLower[k * n + column] as number);
      inverseLower[i * n + column] = sum / (lower[i * n + i] as number);
    }
  }
  const inverse = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = inverseLower[k * n + i] as number;
      for (let j = 0; j <= k; j++)
        inverse[i * n + j] = (inverse[i * n + j] as number) + factor * (inverseLower[k * n + j] as number);
    }
  }
  return inverse;
}

/** U with A = U^T U, upper triangular: the transpose of the Cholesky factor. */
export function upperCholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = cholesky(matrix, n);
  const upper = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) upper[j * n + i] = lower[i * n + j] as number;
  return upper;
}
