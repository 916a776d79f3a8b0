import { readFileSync } from "node:fs";
import { type Result, tiers } from "@ticketbench/results";
import { z } from "zod";

type Tier = Result["tier"];

const trustedSchema = z.strictObject({
  about: z.string(),
  branch: z.string(),
  workflows: z.record(z.string(), z.array(z.enum(tiers))),
});

/** Who may give results a tier: workflows of the main branch, by name. People review changes of it (CODEOWNERS). */
const trustedFile = new URL("../.github/trusted-runs.json", import.meta.url);

/**
 * Tiers that new results may have where this runs. Everybody may report; beyond that GitHub's own word counts for which
 * workflow file of which branch runs (GITHUB_WORKFLOW_REF: "owner/name/.github/workflows/x.yml@refs/heads/main").
 */
export function permittedTiers(environment: NodeJS.ProcessEnv): readonly Tier[] {
  const { branch, workflows } = trustedSchema.parse(JSON.parse(readFileSync(trustedFile, "utf8")));
  const [path, reference] = (environment["GITHUB_WORKFLOW_REF"] ?? "").split("@");
  const workflow = path?.split("/").slice(2).join("/") ?? "";
  const given = reference === `refs/heads/${branch}` && Object.hasOwn(workflows, workflow) ? workflows[workflow] : [];
  return ["self-reported", ...(given ?? [])];
}
