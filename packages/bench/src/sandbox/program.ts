/**
 * The experiment, with the code of every method in a sandbox of its own: what measures and writes is here, what the method
 * makes comes back as data. The URL that this module is imported by names the files of methods that do not ship:
 * `program.ts?wanda2=/home/me/wanda2.ts`.
 */
import { methodVersion } from "@ticketbench/prune/node";
import { DENSE_SMALL } from "../cell/dense-small.ts";
import { foundationOf } from "../cell/identities.ts";
import { useMethodLoader } from "../cell/method-loader.ts";
import experiment from "../cell/program.ts";
import type { Program } from "../run/program.ts";
import { asCodedOf, remoteMethod } from "./remote-method.ts";
import { Sandbox } from "./sandbox.ts";

const paths = Object.fromEntries(new URL(import.meta.url).searchParams);
const opened: Sandbox[] = [];

async function open(id: string): Promise<Sandbox> {
  const sandbox = await Sandbox.open(paths[id] ?? id, { methods: paths });
  opened.push(sandbox);
  return sandbox;
}

async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((sandbox) => sandbox.close()));
}

useMethodLoader(async (id, request) => remoteMethod(await open(id), request));

const program: Program = {
  ...experiment,
  identities: {
    ...experiment.identities,
    async method(choice) {
      if (choice.id === DENSE_SMALL) return await experiment.identities.method(choice);
      try {
        const sandbox = await open(choice.id);
        const { title, kind, needs } = sandbox.card;
        const params = await sandbox.parameters(choice.params);
        const version = await methodVersion(sandbox.file);
        return {
          ...{ title, version, params, asCoded: asCodedOf(sandbox.card), neverRewinds: kind === "schedule" },
          ...(await foundationOf(needs, params, (inner) => program.identities.method(inner))),
        };
      } finally {
        await closeAll();
      }
    },
  },
  async run(cell, context) {
    try {
      return await experiment.run(cell, context);
    } finally {
      await closeAll();
    }
  },
};

export default program;
