import { tf } from "@ticketbench/backend";

/** Runs work whose result is plain values; every tensor made on the way is gone afterwards, also when it throws. */
export function scoped<T>(work: () => T): T {
  tf.engine().startScope();
  try {
    return work();
  } finally {
    tf.engine().endScope();
  }
}
