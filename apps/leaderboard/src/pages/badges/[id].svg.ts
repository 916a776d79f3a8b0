import type { APIRoute, GetStaticPaths } from "astro";
import { element, text } from "../../charts/svg.ts";
import { fitText, textWidth } from "../../charts/text-width.ts";
import { formatFor } from "../../i18n/format.ts";
import { methodPages, type MethodPage } from "../../site/method-pages.ts";

export const getStaticPaths = (async () =>
  (await methodPages()).map((method) => ({ params: { id: method.id }, props: { method } }))) satisfies GetStaticPaths;

/** The proved reach of a method in its fullest track, in two words. */
function reachOf(method: MethodPage): string {
  const first = method.variants[0];
  const within = first?.track.judgements.limits.retrained?.[first.variant.id]?.within ?? null;
  return within === null ? "no sparsity within 1 point" : `${formatFor("en").share(within)} within 1 point`;
}

function badge(title: string, reach: string): string {
  const size = 11;
  const name = fitText(title, size, 170);
  const [nameWidth, reachWidth] = [name, reach].map((words) => Math.ceil(textWidth(words, size))) as [number, number];
  const [left, right] = [nameWidth + 14, reachWidth + 14];
  const words = { y: 14, fill: "#fff", "text-anchor": "middle" };
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: left + right,
      height: 20,
      role: "img",
      "aria-label": `${name}: ${reach}`,
    },
    element("rect", { width: left + right, height: 20, rx: 4, fill: "#3a3a44" }),
    element("path", {
      d: `M${String(left)} 0h${String(right - 4)}a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4h-${String(right - 4)}z`,
      fill: "#0b6ab0",
    }),
    element(
      "g",
      { "font-family": "Verdana, DejaVu Sans, sans-serif", "font-size": size },
      text(name, { ...words, x: left / 2, textLength: nameWidth }),
      text(reach, { ...words, x: left + right / 2, textLength: reachWidth }),
    ),
  );
}

/** What a method's authors may show on their own page. */
export const GET: APIRoute = ({ props }) => {
  const { method } = props as { method: MethodPage };
  return new Response(badge(method.title, reachOf(method)), { headers: { "content-type": "image/svg+xml" } });
};
