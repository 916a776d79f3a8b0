import { resultName } from "@ticketbench/results";
import type { APIRoute } from "astro";
import { loadHistory } from "../../../site/load-results.ts";
import { path } from "../../../site/paths.ts";

/** The list of all results, replaced ones included, with the address of each one's file. */
export const GET: APIRoute = async () => {
  const results = (await loadHistory()).map((result) => {
    const { id, kind, status, track, division, tier, seed, target, supersedes } = result;
    const address = path(`/data/v1/cells/${resultName(result)}.json`);
    return {
      id,
      kind,
      status,
      track,
      division,
      tier,
      method: result.method?.id ?? null,
      target,
      seed,
      supersedes,
      address,
    };
  });
  return new Response(JSON.stringify({ version: 1, results }));
};
