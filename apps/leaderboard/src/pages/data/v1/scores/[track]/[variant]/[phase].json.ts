import type { APIRoute, GetStaticPaths } from "astro";
import { scoreFiles } from "../../../../../../site/score-files.ts";

export const getStaticPaths = (async () =>
  (await scoreFiles()).map(({ track, variant, phase, file }) => ({
    params: { track, variant, phase },
    props: { file },
  }))) satisfies GetStaticPaths;

/** The score of every question for all seeds and sparsities of one variant in one phase: what a comparison is computed from. */
export const GET: APIRoute = ({ props }) => new Response(JSON.stringify(props["file"]));
