import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { parameterCount, sizeOf, type Weights } from "@ticketbench/model";
import { readCheckpoint, writeSafetensors } from "@ticketbench/model/node";
import { asWorkspaceError } from "../run/atomic-file.ts";
import { prepareFolder } from "../run/workspace.ts";
import { StudyError } from "../study/error.ts";
import { ledgerOfZeros } from "./checkpoint-ledger.ts";
import { columns } from "./columns.ts";
import { ledgerTable } from "./ledger-table.ts";
import { byteWords } from "./progress-line.ts";
import { checkSafetensorsTarget } from "./safetensors-target.ts";
import { storedDtypes } from "./stored-dtypes.ts";

/** `ticketbench model inspect`: every tensor; for an LXMERT also what is zero in which module. */
export async function inspect(file: string, { json = false }: { json?: boolean }): Promise<void> {
  const weights = await readCheckpoint(file);
  const dtypes = await storedDtypes(file);
  const tensors = [...weights].map(([name, { shape }]) => ({
    ...{ name, shape, dtype: dtypes.get(name) ?? "", parameters: sizeOf(shape) },
  }));
  const parameters = parameterCount(weights);
  const ledger = ledgerOfZeros(weights);
  if (json) {
    console.log(JSON.stringify({ file, parameters, tensors, ledger }, null, 2));
    return;
  }
  const rows = tensors.map(({ name, dtype, shape, parameters: size }) => [
    ...[name, dtype, `[${shape.join(", ")}]`, size.toLocaleString("en")],
  ]);
  console.log(columns(["tensor", "type", "shape", "parameters"], rows, { right: [3] }));
  console.log(`${file}: ${tensors.length} tensors, ${parameters.toLocaleString("en")} parameters`);
  if (ledger !== null) console.log(`\n${ledgerTable(ledger, { prunable: "encoder matrices", gone: "zero" })}`);
}

export interface ConvertWords {
  readonly type: "fp32" | "fp16";
}

/** From this size on, a number is rounded to infinity in 16 bits. */
const FP16_OVERFLOW = 65_520;

/** `ticketbench model convert`: the new file is there wholly or not at all. */
export async function convert(from: string, to: string, { type }: ConvertWords): Promise<void> {
  checkSafetensorsTarget(to);
  const weights = await readCheckpoint(from);
  if (type === "fp16") refuseOverflow(weights, from);
  await prepareFolder(dirname(to));
  if (existsSync(to) && statSync(to).isDirectory()) throw new StudyError(`${to} is a folder; name the new file`);
  try {
    await writeSafetensors(to, weights, { dtype: type === "fp16" ? "F16" : "F32" });
  } catch (error) {
    throw asWorkspaceError(error, to);
  }
  const { size } = statSync(to);
  const parameters = parameterCount(weights).toLocaleString("en");
  console.log(`${to}: ${weights.size} tensors, ${parameters} parameters as ${type}, ${byteWords(size)}`);
}

function refuseOverflow(weights: Weights, file: string): void {
  for (const [name, { values }] of weights) {
    const index = values.findIndex((value) => Number.isFinite(value) && Math.abs(value) >= FP16_OVERFLOW);
    if (index >= 0)
      throw new StudyError(`${file}: ${name} holds ${values[index]} at index ${index}, too large for fp16; use fp32`);
  }
}
