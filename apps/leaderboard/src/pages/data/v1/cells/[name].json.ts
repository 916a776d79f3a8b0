import { resultName, type Result } from "@ticketbench/results";
import type { APIRoute, GetStaticPaths } from "astro";
import { loadHistory } from "../../../../site/load-results.ts";

export const getStaticPaths = (async () => {
  // A result that stands in two folders is one file here.
  const byName = new Map<string, Result>((await loadHistory()).map((result) => [resultName(result), result]));
  return [...byName].map(([name, result]) => ({ params: { name }, props: { result } }));
}) satisfies GetStaticPaths;

/** One result as it lies in the results folder, replaced ones included. */
export const GET: APIRoute = ({ props }) => new Response(JSON.stringify(props["result"]));
