import type { APIRoute } from "astro";
import { changelogOf, loadReleases } from "../site/changelog.ts";
import { atomFeed } from "../site/feed.ts";
import { loadHistory } from "../site/load-results.ts";
import { path } from "../site/paths.ts";

export const GET: APIRoute = async ({ site }) => {
  const changes = changelogOf(await loadReleases(), await loadHistory());
  const absolute = (to: string): string => new URL(path(to), site).href;
  const feed = atomFeed(changes, absolute("/changelog/"), absolute("/changelog.xml"));
  return new Response(feed, { headers: { "Content-Type": "application/atom+xml; charset=utf-8" } });
};
