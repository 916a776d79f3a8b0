import { z } from "zod";
import { count, hash, label } from "./scalar.ts";

/** What is needed to make the same bytes again. */
export const provenance = z.strictObject({
  /** Commit of the code; null outside a repository. */
  gitSha: z
    .string()
    .regex(/^[0-9a-f]{40}$/, "expected a commit of 40 hexadecimal digits")
    .nullable(),
  dirty: z.boolean(),
  planHash: hash,
  lockHash: hash,
  engine: z.strictObject({ name: label, version: label, arithmetic: label }),
  node: label,
});

/** The machine that it ran on. */
export const hardware = z.strictObject({
  cpu: label,
  cores: z.int().min(1),
  memoryBytes: count,
  gpu: label.nullable(),
});

/** Why a cell failed, in words that were said, and the end of its log. */
export const failure = z.strictObject({
  reason: z.enum(["error", "out-of-memory", "diverged", "timeout", "killed"]),
  message: z.string().min(1).max(4000),
  logTail: z.string().max(8000),
});
