import { delimiter, resolve } from "node:path";
import { defineConfig } from "astro/config";

// The published results are the default; a path list in TICKETBENCH_RESULTS puts other folders in their place. The
// numbers that others reported come from the published folder all the same.
const published = resolve(import.meta.dirname, "../../results");
process.env["TICKETBENCH_PUBLISHED"] = published;
process.env["TICKETBENCH_CITATION"] = resolve(import.meta.dirname, "../../CITATION.cff");
process.env["TICKETBENCH_CHANGELOG"] = resolve(import.meta.dirname, "changelog.json");
process.env["TICKETBENCH_RESULTS"] ??= published;
process.env["TICKETBENCH_RESULTS"] = process.env["TICKETBENCH_RESULTS"]
  .split(delimiter)
  .map((folder) => resolve(folder))
  .join(delimiter);

export default defineConfig({
  output: "static",
  // Prose breaks its lines where it likes: a line break beside a link is still a space.
  compressHTML: true,
  site: process.env["TICKETBENCH_SITE"] ?? "http://localhost:4321",
  base: process.env["TICKETBENCH_BASE"] || "/",
  trailingSlash: "always",
  devToolbar: { enabled: false },
  // Nothing is inlined, so that the Content Security Policy can be a plain 'self'.
  build: { inlineStylesheets: "never" },
  vite: { build: { assetsInlineLimit: 0 } },
});
