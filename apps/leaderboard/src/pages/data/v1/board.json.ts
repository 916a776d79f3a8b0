import type { APIRoute } from "astro";
import { loadBoard } from "../../../site/load-board.ts";

/** The whole board without per-question scores: what the leaderboard page filters. */
export const GET: APIRoute = async () =>
  new Response(JSON.stringify(await loadBoard()), { headers: { "content-type": "application/json" } });
