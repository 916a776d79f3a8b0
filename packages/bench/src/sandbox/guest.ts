/**
 * The process in which a method's code runs, and nothing else: it loads one method, answers what it is asked on file
 * descriptor 3, and asks there for gradients, layer inputs and training, which it has no data to make itself.
 */
import { Socket } from "node:net";
import { readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import * as backend from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import * as model from "@ticketbench/model";
import * as prune from "@ticketbench/prune";
import { findMethodFile, loadMethod, methodPath } from "@ticketbench/prune/node";
import { messages, send } from "./frame.ts";
import { cardOf } from "./guest-card.ts";
import { Questions } from "./guest-questions.ts";
import { guardImports } from "./imports.ts";
import { lockGlobals } from "./lockdown.ts";
import type { HostMessage, MethodPaths, PruneRequest } from "./protocol.ts";
import { packTensors, type TensorList, unpackTensors } from "./tensors.ts";

const NO_LIMIT = 2 ** 32;
const METHODS = dirname(methodPath("any"));
/** In whose name the pruning core resolves what a method's file imports from it, wherever that file lies. */
const SHARES_IMPORTS = join(METHODS, "../method-imports.ts");
const PACKAGES = join(METHODS, "../../..");
/** Code that is not a method's: the rooms that a guest may read, and installed packages. */
const HOUSE = ["prune", "model", "backend", "bench"].map((room) => `${PACKAGES}${sep}${room}${sep}`);
const host = new Socket({ fd: 3 });
const questions = new Questions(host);
const exit = process.exit.bind(process);
const answer = (value: object | null, bytes?: Uint8Array) => send(host, { type: "answer", answer: value }, bytes);

let method: prune.Method | null = null;
let methodFile = "";
let paths: MethodPaths = {};
let schedule: prune.Schedule | null = null;

function isHouse(path: string): boolean {
  return HOUSE.some((room) => path.startsWith(room)) || path.includes(`${sep}node_modules${sep}`);
}

function loaded(): prune.Method {
  if (method === null) throw new Error("no method is loaded");
  return method;
}

async function load({ id, files, methods }: HostMessage & { type: "load" }): Promise<void> {
  const own = new Set([...files, SHARES_IMPORTS]);
  guardImports({
    isMethodCode: (path) => path === null || own.has(path) || path.startsWith(METHODS + sep) || !isHouse(path),
    refused: (what) => send(host, { type: "refused", what }),
  });
  lockGlobals([backend, model, prune]);
  paths = methods;
  methodFile = await findMethodFile(id);
  method = await loadMethod(methodFile);
  answer(cardOf(method));
}

/** The conformance kit, on the method in this very process: it can see what no answer would show. */
async function check(): Promise<void> {
  const source = await readFile(methodFile, "utf8");
  const engines = [() => openEngine("wasm"), () => backend.openCpuEngine()] as const;
  for await (const finding of prune.checkMethod(loaded(), { engines, source }))
    send(host, { type: "finding", finding });
  answer(null);
}

function settingsOf(request: PruneRequest, weights: model.Weights): prune.PruneSettings {
  const { heads, granularity, allocation, batches, ...rest } = request;
  return {
    ...rest,
    ...{ method: loaded(), weights, load: (name: string) => loadMethod(paths[name] ?? name) },
    ...(heads === null ? {} : { heads }),
    ...(granularity === null ? {} : { granularity }),
    ...(allocation === null ? {} : { allocation }),
    ...(batches === null ? {} : { calibration: questions.calibration(batches) }),
    training: questions.training(prune.shapesOf(weights)),
  };
}

async function makeMask(request: PruneRequest, weights: model.Weights): Promise<void> {
  const outcome = await prune.prune(settingsOf(request, weights));
  const mask = await prune.encodeMask(outcome.mask);
  const untouched = outcome.mask.apply(weights);
  const isUpdated = [...outcome.weights].some(([name, { values }]) => {
    const before = untouched.get(name)?.values;
    return values.some((value, i) => !Object.is(value, before?.[i]));
  });
  const updated = isUpdated ? packTensors(outcome.weights) : null;
  const bytes = updated === null ? mask : Buffer.concat([mask, updated.bytes]);
  const { rewindTo, resolution } = outcome;
  answer({ maskBytes: mask.length, tensors: updated?.tensors ?? null, rewindTo, resolution }, bytes);
}

async function maskAt(step: number): Promise<void> {
  if (schedule === null) throw new Error("no schedule is started");
  const mask = await schedule.maskAt(step, questions.trainingState());
  const bytes = mask === null ? new Uint8Array() : await prune.encodeMask(mask);
  answer({ maskBytes: mask === null ? null : bytes.length, tensors: null, rewindTo: "start", resolution: 1 }, bytes);
}

async function obey(message: HostMessage, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const weights = (tensors: TensorList) => unpackTensors(tensors, bytes);
  if (message.type === "load") return load(message);
  if (message.type === "check") return check();
  if (message.type === "parameters") return answer({ params: prune.parseParams(loaded(), message.params) });
  if (message.type === "prune") return makeMask(message.request, weights(message.tensors));
  if (message.type === "mask at") return maskAt(message.step);
  if (message.type === "schedule") {
    const { totalSteps, request, tensors } = message;
    schedule = prune.startSchedule({ ...settingsOf(request, weights(tensors)), totalSteps });
    return answer(null);
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 4000) || "an error without words";
}

// Its own arithmetic: a method may use tensors, and the kit compares engines.
await openEngine("wasm");
send(host, { type: "ready" });
for await (const { head, bytes } of messages(host, NO_LIMIT)) {
  const message = head as HostMessage;
  if (questions.hear(message, bytes)) continue;
  void obey(message, bytes).catch((error: unknown) => send(host, { type: "error", message: messageOf(error) }));
}
exit(0);
