/** What `assembly/index.ts` exports: pointers are byte offsets into the memory, sizes are counts of elements. */
export interface KernelExports {
  layOut(): number;
  fusedProbe(): number;
  multiplyAdds(iterations: number, x: number): number;
  gemm(
    transposeA: number,
    transposeB: number,
    rows: number,
    columns: number,
    depth: number,
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    mode: number,
    bias: number,
  ): void;
  columnSums(rows: number, columns: number, x: number, y: number): void;
  add(count: number, a: number, b: number, y: number): void;
  multiply(count: number, a: number, b: number, y: number): void;
  scale(count: number, a: number, factor: number, y: number): void;
  gelu(count: number, x: number, y: number): void;
  geluGradient(count: number, x: number, dy: number, dx: number): void;
  addNorm(
    rows: number,
    width: number,
    x: number,
    residual: number,
    gain: number,
    bias: number,
    y: number,
    normalised: number,
    inverseDeviation: number,
  ): void;
  addNormGradient(
    rows: number,
    width: number,
    dy: number,
    normalised: number,
    inverseDeviation: number,
    gain: number,
    dz: number,
    dGain: number,
    dBias: number,
  ): void;
  dropout(
    count: number,
    x: number,
    y: number,
    threshold: number,
    scale: number,
    step: number,
    site: number,
    key0: number,
    key1: number,
  ): void;
  attention(
    batch: number,
    heads: number,
    queries: number,
    keys: number,
    size: number,
    q: number,
    k: number,
    v: number,
    mask: number,
    probabilities: number,
    dropped: number,
    output: number,
    threshold: number,
    dropScale: number,
    step: number,
    site: number,
    key0: number,
    key1: number,
  ): void;
  attentionGradient(
    batch: number,
    heads: number,
    queries: number,
    keys: number,
    size: number,
    q: number,
    k: number,
    v: number,
    probabilities: number,
    dy: number,
    dropped: number,
    dScores: number,
    dq: number,
    dk: number,
    dv: number,
    threshold: number,
    dropScale: number,
    step: number,
    site: number,
    key0: number,
    key1: number,
  ): void;
  embedding(count: number, width: number, table: number, ids: number, y: number): void;
  embeddingGradient(
    count: number,
    width: number,
    rows: number,
    dy: number,
    ids: number,
    paddingRow: number,
    d: number,
  ): void;
  bceWithLogits(batch: number, answers: number, logits: number, targets: number): number;
  bceWithLogitsGradient(batch: number, answers: number, logits: number, targets: number, dy: number, d: number): void;
  crossEntropyRows(rows: number, classes: number, logits: number, labels: number, y: number): void;
  crossEntropyRowsGradient(rows: number, classes: number, logits: number, labels: number, dy: number, d: number): void;
  sumOfSquares(count: number, x: number): number;
  adamStep(
    count: number,
    parameter: number,
    gradient: number,
    first: number,
    second: number,
    mask: number,
    learningRate: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
    decay: number,
    correction1: number,
    correction2: number,
    scale: number,
  ): void;
}
