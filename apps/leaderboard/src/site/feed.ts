import { element, escapeText } from "../charts/svg.ts";
import type { Change } from "./changelog.ts";

/** Control characters, which XML 1.0 forbids even when escaped; a stranger's title may hold them. */
const FORBIDDEN = /[\p{Cc}\ufffe\uffff]/gu;

function words(text: string): string {
  return escapeText(text.replace(FORBIDDEN, ""));
}

function entry({ id, updated, title, lines }: Change, page: string): string {
  const address = `${page}#${id}`;
  const list = element("ul", {}, ...lines.map((line) => element("li", {}, words(line))));
  return element(
    "entry",
    {},
    element("id", {}, words(address)),
    element("title", {}, words(title)),
    element("updated", {}, updated),
    element("link", { rel: "alternate", href: address }),
    element("content", { type: "html" }, escapeText(list)),
  );
}

/**
 * The changes as an Atom feed (RFC 4287), the newest fifty.
 *
 * @param page absolute address of the changelog
 * @param self absolute address of the feed
 */
export function atomFeed(changes: readonly Change[], page: string, self: string): string {
  const newest = changes.reduce(
    (latest, { updated }) => (updated > latest ? updated : latest),
    "1970-01-01T00:00:00.000Z",
  );
  const feed = element(
    "feed",
    { xmlns: "http://www.w3.org/2005/Atom" },
    element("id", {}, words(self)),
    element("title", {}, "TicketBench: what changed"),
    element("updated", {}, newest),
    element("author", {}, element("name", {}, "The TicketBench authors")),
    element("link", { rel: "self", href: self }),
    element("link", { rel: "alternate", href: page }),
    ...changes.slice(0, 50).map((change) => entry(change, page)),
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n${feed}\n`;
}
