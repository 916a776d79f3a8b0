import type { APIRoute, GetStaticPaths } from "astro";
import { questionTracks } from "../../../../../site/question-files.ts";

export const getStaticPaths = (async () =>
  (await questionTracks()).flatMap(({ track, answers }) =>
    answers.map(({ variant, file }) => ({ params: { track: track.id, variant }, props: { file } })),
  )) satisfies GetStaticPaths;

/** What a method's tickets of one seed answered to every question after retraining, and the dense network before. */
export const GET: APIRoute = ({ props }) => new Response(JSON.stringify(props["file"]));
