import type { APIRoute } from "astro";
import { cellRows } from "../../../site/cell-rows.ts";

/** The finished results as the page of results lists them, in its order. */
export const GET: APIRoute = async () => new Response(JSON.stringify((await cellRows()).done));
