import { Dropout, tf } from "@ticketbench/backend";
import { bertAdam, initialise, Lxmert, lxmertInput, Optimiser, trainStep, type VqaBatch } from "@ticketbench/model";
import { makeBatch, type PerfSize } from "./sizes.ts";

/** A training step as the bench runs it, dropout and clipping included; resolves to the loss. */
export function fusedTrainer(size: PerfSize): () => Promise<number> {
  const batch = makeBatch(size);
  const model = new Lxmert(size.config, initialise(size.config, 1));
  const optimiser = new Optimiser(model.parameters, bertAdam({ learningRate: 1e-4, totalSteps: 100000 }));
  const dropout = new Dropout(size.config.dropout, 1);
  const targets = tf.tensor2d(batch.targets, [size.batch, size.config.answers]);
  const input: VqaBatch = { ...lxmertInput(size.config, batch), targets };
  return async () => (await trainStep(model, optimiser, input, dropout)).loss;
}
