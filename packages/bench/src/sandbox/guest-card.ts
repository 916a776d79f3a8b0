import type { Method } from "@ticketbench/prune";
import { z } from "zod";

/** A method's card as data: what of it can be told to another process. */
export function cardOf(method: Method): object {
  const { title, idea, family, cite, needs, nests, params, granularity, allocation, asCoded } = method;
  return {
    kind: "score" in method ? "score" : "mask" in method ? "mask" : "schedule",
    ...{ title, idea, family, cite, needs, nests },
    schema: z.toJSONSchema(params, { io: "input" }),
    count: "count" in method ? method.count : "exact",
    ...(granularity === undefined ? {} : { granularity }),
    ...(allocation === undefined ? {} : { allocation }),
    ...(asCoded === undefined ? {} : { labels: Array.from({ length: 1000 }, (_, i) => asCoded.label(i / 1000)) }),
  };
}
