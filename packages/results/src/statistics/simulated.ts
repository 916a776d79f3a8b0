import { randomWords } from "./random.ts";
import type { Contender } from "./runs.ts";

/** What a simulated contender is made of; shares are probabilities. */
export interface Simulation {
  readonly name: string;
  readonly seeds?: number;
  readonly questions?: number;
  /** Chance that a question every model of this world gets right is answered wrongly. */
  readonly loss?: number;
  /** Spread of that chance from seed to seed. */
  readonly seedSpread?: number;
  /** Another world draws other questions. */
  readonly world?: number;
}

/** A contender with known truth, for tests: the same questions in one world, errors of its own. */
export function simulate(simulation: Simulation): Contender {
  const { name, seeds = 3, questions = 1600, loss = 0, seedSpread = 0, world = 0 } = simulation;
  const runs = Array.from({ length: seeds }, (_, seed) => {
    const question = randomWords(`questions ${world}`, 0);
    const answer = randomWords(`${name} ${world}`, seed);
    const uniform = (words: { next(): number }): number => (words.next() >>> 0) / 2 ** 32;
    const seedLoss = loss + seedSpread * (2 * uniform(answer) - 1);
    const tenths = Uint8Array.from({ length: questions }, () => {
      const easy = uniform(question) < 0.7;
      return easy && uniform(answer) >= seedLoss ? 10 : 0;
    });
    return { seed, tenths };
  });
  return { name, dataset: "simulated", runs };
}
