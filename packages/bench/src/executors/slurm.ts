import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeAtomic } from "../run/atomic-file.ts";
import { WORKER_EXIT } from "../run/events.ts";
import { StudyError } from "../study/error.ts";
import { cellCommand, quoted } from "./cell-command.ts";
import { writeIndices } from "./indices.ts";
import type { Level, Submission } from "./submission.ts";

const run = promisify(execFile);

/** SLURM's own default of MaxArraySize allows indices up to 1000. */
const ARRAY_BLOCK = 1000;
/** Seconds before the time limit at which a task is warned. */
const WARNING_SECONDS = 60;

/** One job array to submit. */
export interface SlurmArray {
  readonly file: string;
  readonly script: string;
  readonly tasks: number;
}

/** The arrays of one level: cells whose indices lie in one block of a thousand share one. */
export function slurmArrays(submission: Submission, level: Level, sbatch: readonly string[]): SlurmArray[] {
  const blocks = Map.groupBy(level.indices, (index) => Math.floor(index / ARRAY_BLOCK));
  return [...blocks].map(([block, indices]) => {
    const offset = block * ARRAY_BLOCK;
    const name = block === 0 ? level.kind : `${level.kind}-${block}`;
    const array = writeIndices(indices.map((index) => index - offset));
    return {
      file: join(submissionFolder(submission), `${name}.sbatch`),
      script: slurmScript(submission, array, offset, sbatch),
      tasks: indices.length,
    };
  });
}

/**
 * The batch script of an array. SLURM warns the script before the time limit; the cell then saves its checkpoint, and
 * the task is put back into the queue. Failed tasks do not hold up others.
 */
function slurmScript(submission: Submission, array: string, offset: number, sbatch: readonly string[]): string {
  return `#!/bin/bash
#SBATCH --job-name=${jobName(submission)}
#SBATCH --array=${array}
#SBATCH --output=${join(submissionFolder(submission), "%A_%a.log")}
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@${WARNING_SECONDS}
${sbatch.map((option) => `#SBATCH ${option}\n`).join("")}
${cellCommand(submission, `$((SLURM_ARRAY_TASK_ID + ${offset}))`)} &
cell=$!
trap 'warned=yes; kill -USR1 $cell' USR1
trap 'kill -TERM $cell' TERM
# A trapped signal ends wait early: wait on until the cell itself has ended.
wait $cell; status=$?
while [ $status -gt 128 ] && kill -0 $cell 2>/dev/null; do wait $cell; status=$?; done
if [ $status -gt 128 ]; then wait $cell; own=$?; [ $own -eq 127 ] || status=$own; fi
# Warned of the time limit, it goes on later; cancelled (TERM), it does not.
if [ "$warned" = yes ] && [ $status -eq ${WORKER_EXIT.interrupted} ]; then scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"; fi
exit $status
`;
}

/** Write and submit every level, each after the one before; returns one line a job. */
export async function submitSlurm(submission: Submission, sbatch: readonly string[]): Promise<string[]> {
  await refuseSecond(submission);
  await mkdir(submissionFolder(submission), { recursive: true });
  const lines: string[] = [];
  let before: string[] = [];
  for (const level of submission.levels) {
    const submitted: string[] = [];
    for (const { file, script, tasks } of slurmArrays(submission, level, sbatch)) {
      await writeAtomic(file, script);
      // afterany: what a failed cell blocks says so itself, and everything else goes on.
      const dependency = before.length === 0 ? [] : [`--dependency=afterany:${before.join(":")}`];
      const id = await slurm("sbatch", ["--parsable", ...dependency, file]);
      submitted.push(id.split(";")[0] as string);
      lines.push(`job ${submitted.at(-1)}: ${tasks} ${level.kind} cells`);
    }
    before = submitted;
  }
  return lines;
}

/** What would be submitted, for a dry run. */
export function describeSlurm(submission: Submission, sbatch: readonly string[]): string {
  const arrays = submission.levels.flatMap((level) => slurmArrays(submission, level, sbatch));
  return arrays.map(({ file, script }) => `# ${file}\n${script}`).join("\n");
}

/** A plan whose jobs still wait or run is not submitted again: each of its cells would run twice. */
async function refuseSecond(submission: Submission): Promise<void> {
  const name = jobName(submission);
  const queued = await slurm("squeue", ["--noheader", `--name=${name}`, "--format=%A"]);
  if (queued === "") return;
  const jobs = [...new Set(queued.split("\n"))].join(", ");
  throw new StudyError(`jobs ${jobs} of this plan are still in the queue: wait for them, or scancel --name=${name}`);
}

async function slurm(command: string, words: readonly string[]): Promise<string> {
  try {
    return (await run(command, words)).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT")
      throw new StudyError(`${command} is not installed here: submit from a machine of the cluster`);
    throw new StudyError(`${quoted([command, ...words])} failed: ${stderr?.trim() ?? String(error)}`);
  }
}

function jobName({ plan }: Submission): string {
  return `ticketbench-${plan.hash.slice(0, 12)}`;
}

function submissionFolder({ workspace, plan }: Submission): string {
  return join(workspace.root, "slurm", plan.hash.slice(0, 12));
}
