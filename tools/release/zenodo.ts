import { existsSync, readFileSync } from "node:fs";
import type { Result } from "@ticketbench/results";
import { parse } from "yaml";
import { z } from "zod";

const citationFile = new URL("../../CITATION.cff", import.meta.url);
const citationSchema = z.object({
  authors: z.array(
    z.union([
      z.object({ name: z.string() }),
      z.object({ "family-names": z.string(), "given-names": z.string(), affiliation: z.string().optional() }),
    ]),
  ),
  "repository-code": z.url().optional(),
});

interface Deposit {
  readonly version: string;
  readonly date: string;
  readonly results: readonly Result[];
}

/** Names and repository as CITATION.cff has them. */
function citation(): { creators: { name: string; affiliation?: string }[]; repository: string | undefined } {
  if (!existsSync(citationFile)) return { creators: [{ name: "TicketBench contributors" }], repository: undefined };
  const { authors, "repository-code": repository } = citationSchema.parse(parse(readFileSync(citationFile, "utf8")));
  const creators = authors.map((author) => {
    if ("name" in author) return { name: author.name };
    const name = `${author["family-names"]}, ${author["given-names"]}`;
    return author.affiliation === undefined ? { name } : { name, affiliation: author.affiliation };
  });
  return { creators, repository };
}

/** Metadata of a deposit as Zenodo's REST interface takes it (developers.zenodo.org, "Deposit metadata"). */
export function zenodoMetadata({ version, date, results }: Deposit): { metadata: Readonly<Record<string, unknown>> } {
  const { creators, repository } = citation();
  const methods = new Set(results.flatMap(({ method }) => (method === null ? [] : [method.id])));
  const description =
    `<p>Snapshot ${version} of TicketBench's results: ${results.length} cells of ${methods.size} methods that prune ` +
    "LXMERT on visual question answering, each with its score on every question, its mask's ledger and its origin.</p>";
  const related = [{ identifier: "arXiv:2310.15325", relation: "references", resource_type: "publication-preprint" }];
  const source =
    repository === undefined ? [] : [{ identifier: repository, relation: "isDerivedFrom", resource_type: "software" }];
  return {
    metadata: {
      title: `TicketBench results ${version}`,
      upload_type: "dataset",
      description,
      creators,
      version,
      publication_date: date,
      access_right: "open",
      license: "mit",
      language: "eng",
      keywords: [
        "neural network pruning",
        "lottery ticket hypothesis",
        "LXMERT",
        "visual question answering",
        "benchmark",
      ],
      related_identifiers: [...related, ...source],
    },
  };
}
