/**
 * `npm run engine:tensorflow [-- --gpu]`: installs the tensorflow engine into a folder of its own. The user's own
 * tfjs-node is taken where it loads; otherwise tfjs-node's binding is compiled against TensorFlow's PyPI wheel,
 * because the prebuilt bindings stop at TensorFlow 2.9 and need a host that closed networks do not have.
 */
import { parseArgs } from "node:util";
import { EngineError } from "@ticketbench/backend";
import { installTensorflow } from "./tensorflow/install.ts";

const USAGE = `npm run engine:tensorflow [-- --gpu]

Installs TensorFlow for --engine tensorflow (Linux, x64; needs python3 with pip, and g++).
  --gpu   with CUDA 12 libraries, for NVIDIA GPUs (3.4 GB to download, 5.4 GB on disk)

TICKETBENCH_ENGINES   folder to install engines into (default: .ticketbench/engines)`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { gpu: { type: "boolean", default: false }, help: { type: "boolean" } } });
  if (values.help) console.log(USAGE);
  else await installTensorflow(values.gpu);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof EngineError) && !(error instanceof TypeError && "code" in error)) throw error;
  console.error(`engine:tensorflow: ${error.message}`);
  process.exitCode = 2;
}
