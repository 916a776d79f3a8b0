import { resultJsonSchema } from "@ticketbench/results";
import type { APIRoute } from "astro";

export const GET: APIRoute = () => new Response(JSON.stringify(resultJsonSchema(), null, 2));
