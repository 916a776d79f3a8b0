import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError } from "@ticketbench/backend";
import { run } from "./run.ts";

const COMPILER = process.env["CXX"] ?? "g++";

/** Fails early when the compiler is missing. */
export function requireCompiler(): void {
  run(COMPILER, ["--version"], {
    quiet: true,
    missing: `${COMPILER} is needed to compile the binding (Debian and Ubuntu: apt-get install g++)`,
  });
}

/**
 * The folder with Node-API's headers: those of the running Node or of the system. Node-API is binary compatible
 * across versions of Node, so any will do.
 */
export function findNodeHeaders(): string {
  const places = [
    join(dirname(dirname(process.execPath)), "include/node"),
    "/usr/include/node",
    "/usr/local/include/node",
  ];
  const found = places.find((place) => existsSync(join(place, "node_api.h")));
  if (found === undefined) {
    throw new EngineError(
      `node_api.h is in none of ${places.join(", ")}: install Node's headers (Debian and Ubuntu: apt-get install libnode-dev)`,
    );
  }
  return found;
}

/**
 * Compiles tfjs-node's binding against unpacked TensorFlow libraries, which it finds again by a relative path.
 * @param folder the engine's folder, with `deps/lib` and `deps/include`
 * @param packageFolder tfjs-node's folder in it
 */
export function buildBinding(folder: string, packageFolder: string): void {
  const target = join(packageFolder, "lib/napi-v8/tfjs_binding.node");
  mkdirSync(dirname(target), { recursive: true });
  const libraries = join(folder, "deps/lib");
  const includes = [findNodeHeaders(), packageFolder, join(folder, "deps/include")].map((place) => `-I${place}`);
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(packageFolder, "binding", file));
  const links = ["-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"];
  // From node_modules/@tensorflow/tfjs-node/lib/napi-v8 up to the engine's folder.
  const search = "-Wl,-rpath,$ORIGIN/../../../../../deps/lib";
  const flags = ["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"];
  const unfinished = `${target}.unfinished`;
  run(COMPILER, [...flags, ...includes, ...sources, "-o", unfinished, `-L${libraries}`, ...links, search], {
    failed: `${COMPILER} could not compile tfjs-node's binding: see its message above`,
  });
  renameSync(unfinished, target);
}
