import { readFile } from "node:fs/promises";
import type { APIRoute } from "astro";

/** How to cite the project, as reference managers read it. */
export const GET: APIRoute = async () => {
  const citation = await readFile(process.env["TICKETBENCH_CITATION"] ?? "", "utf8");
  return new Response(citation, { headers: { "content-type": "text/plain" } });
};
