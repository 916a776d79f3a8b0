import { basename } from "node:path";
import type { APIRoute, GetStaticPaths } from "astro";
import { loadHistory } from "../../../../site/load-results.ts";

export const getStaticPaths = (async () =>
  (await loadHistory()).map(({ file, result }) => ({
    params: { name: basename(file, ".json") },
    props: { result },
  }))) satisfies GetStaticPaths;

/** One result as it lies in the results folder, replaced ones included. */
export const GET: APIRoute = ({ props }) => new Response(JSON.stringify(props["result"]));
