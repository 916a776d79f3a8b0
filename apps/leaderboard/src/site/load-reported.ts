import type { Reported, ReportedRow } from "@ticketbench/results";
import { readReported } from "@ticketbench/results/node";

let files: Promise<Reported[]> | undefined;

/** Numbers that others published, one entry a source. */
export function loadReported(): Promise<Reported[]> {
  files ??= readReported(process.env["TICKETBENCH_PUBLISHED"] ?? "");
  return files;
}

/** The rows of the source whose title begins so; none where it is not there. */
export async function reportedRows(title: string): Promise<readonly ReportedRow[]> {
  return (await loadReported()).find((file) => file.title.startsWith(title))?.rows ?? [];
}
