import { tableOf, toCsv } from "@ticketbench/results";
import type { APIRoute } from "astro";
import { loadResults } from "../../../site/load-results.ts";

/** All results that stand, as one flat table. */
export const GET: APIRoute = async () => {
  return new Response(toCsv(tableOf(await loadResults())), { headers: { "content-type": "text/csv; charset=utf-8" } });
};
