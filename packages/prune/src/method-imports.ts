import { registerHooks } from "node:module";

/** What a method's file imports by name, wherever the file lies. */
const SHARED = /^(zod|@ticketbench\/(prune|model|backend))(\/|$)/;

let registered = false;

/** Lets method files outside the repository import this package, its neighbours and zod, as those inside do. */
export function shareImports(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      SHARED.test(specifier) ? next(specifier, { ...context, parentURL: import.meta.url }) : next(specifier, context),
  });
}
