/** A process of its own that trains the S model for a while and prints its steps a second. */
import { openEngine } from "@ticketbench/backend/node";
import { SIZES } from "./sizes.ts";
import { time } from "./stopwatch.ts";
import { fusedTrainer } from "./trainer.ts";

await openEngine("wasm");
const { calls, median } = await time(Number(process.argv[2]), fusedTrainer(SIZES.S));
process.stdout.write(JSON.stringify({ calls, median }));
