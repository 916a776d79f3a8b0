import type { APIRoute, GetStaticPaths } from "astro";
import { questionFile, questionTracks } from "../../../../site/question-files.ts";

export const getStaticPaths = (async () =>
  (await questionTracks()).map(({ track, card }) => ({
    params: { track: track.id },
    props: { file: questionFile(card) },
  }))) satisfies GetStaticPaths;

/** The questions of a track and what people answered. */
export const GET: APIRoute = ({ props }) => new Response(JSON.stringify(props["file"]));
