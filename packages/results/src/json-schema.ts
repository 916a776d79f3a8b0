import { z } from "zod";
import { resultSchema } from "./schema/result.ts";

/** The result schema as JSON Schema (draft 2020-12), for editors and for readers in other languages. */
export function resultJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(resultSchema, { io: "input" });
  return { ...schema, title: "TicketBench result, version 1" };
}
