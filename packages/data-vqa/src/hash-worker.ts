import { parentPort, workerData } from "node:worker_threads";
import { hashFile } from "./disk.ts";

/** Hashes a file on another thread; started by `hashInBackground`. */
parentPort?.postMessage(hashFile(workerData as string));
