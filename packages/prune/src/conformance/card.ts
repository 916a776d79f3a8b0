import { z } from "zod";
import type { Method } from "../define-method.ts";
import { failed, passed, type Verdict, warned } from "./finding.ts";

/** What readers need to know of a method: that its card is filled in, and its parameters explain themselves. */
export function card({ title, idea, cite, params }: Method): Verdict {
  if (title.trim() === "") return failed("the title is empty: readers find a method by it");
  if (idea.trim().split(/[.!?]\s+/).length > 1) return failed(`the idea is more than one sentence: "${idea}"`);
  if (!/^@\w+\{[^,]+,/.test(cite.trim()))
    return failed(`the citation is no BibTeX entry: start with @article{key, ...`);
  const parsed = params.safeParse({});
  if (!parsed.success)
    return failed(
      `parameter ${parsed.error.issues[0]?.path.join(".") ?? ""} has no default: a method must run as it is`,
    );
  const shape = params instanceof z.ZodObject ? (params.shape as Record<string, z.ZodType>) : {};
  const bare = Object.keys(shape).find((name) => shape[name]?.description === undefined);
  if (bare !== undefined)
    return warned(`parameter ${bare} has no description: add .describe("what it does, in which unit")`);
  return passed("title, one-sentence idea, citation, parameters with defaults");
}
