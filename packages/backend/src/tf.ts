/**
 * TensorFlow.js as every package of this repository sees it. Importing `@tensorflow/tfjs` (not `tfjs-core`) registers
 * the gradients of the stock operations under Node.
 */
export * as tf from "@tensorflow/tfjs";
