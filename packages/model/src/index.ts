export type { Weights, WeightTensor } from "./weights.ts";
