import type { MethodCard } from "@ticketbench/results";

/** The text of a pull request that adds a method: what it is, what was run, and the verdict on it. */
export function pullRequestText(card: MethodCard, comment: string, command: string): string {
  const { id, title, idea, citation, needs, parameters, conformance } = card;
  const count = (wanted: string): number => conformance.filter(({ outcome }) => outcome === wanted).length;
  const settings = parameters.map(({ name, type, range, doc }) => {
    const limits = range === null ? "" : `, ${range}`;
    return `- \`${name}\` (${type}${limits}): ${doc}`;
  });
  return [
    `Add ${title} (\`${id}\`)`,
    idea,
    `It needs ${needs.join(", ") || "nothing beyond the weights"}.${settings.length > 0 ? " Parameters:" : ""}`,
    ...(settings.length > 0 ? [settings.join("\n")] : []),
    `\`\`\`bibtex\n${citation}\n\`\`\``,
    `Conformance: ${count("passed")} passed, ${count("warned")} warned, ${count("failed")} failed. Made with \`${command}\`.`,
    [
      "- [x] one file in `packages/prune/src/methods`, and its test",
      "- [x] `ticketbench check` passes",
      "- [x] results of the preview, with its controls",
      "- [ ] I wrote this code, or its licence lets me give it under MIT",
    ].join("\n"),
    comment.replace(/^<!--.*?-->\n/, ""),
  ].join("\n\n");
}
