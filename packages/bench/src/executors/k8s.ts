import { stringify } from "yaml";
import { CLI, quoted } from "./cell-command.ts";
import { writeIndices } from "./indices.ts";
import type { Level, Submission } from "./submission.ts";

/** What a cluster has to be told besides the plan. */
export interface ClusterOptions {
  /** The image that holds this repository, installed, at the same path as here. */
  readonly image: string;
  /** The persistent volume claim that holds the work folder, the results and the plan. */
  readonly claim: string;
  /** Where that volume is mounted; work folder, results and plan lie below it. */
  readonly mount: string;
  /** Pods at a time. */
  readonly parallelism: number;
  /** GPUs a pod; 0: none. */
  readonly gpus: number;
}

/** Attempts of a pod that was evicted or killed; a failed cell is a result and is not tried again. */
const RETRIES = 6;

/** One Indexed Job a level, as YAML; a level is to be applied when the one before is complete. */
export function kubernetesJobs(submission: Submission, options: ClusterOptions): { name: string; yaml: string }[] {
  return submission.levels.map((level) => {
    const name = `ticketbench-${submission.plan.hash.slice(0, 12)}-${level.kind}`;
    return { name, yaml: stringify(indexedJob(name, level, submission, options), { lineWidth: 0 }) };
  });
}

/** The command that applies level after level. */
export function applyCommand(jobs: readonly { name: string; file: string }[]): string {
  const steps = jobs.flatMap(({ name, file }) => [
    quoted(["kubectl", "apply", "-f", file]),
    quoted(["kubectl", "wait", "--for=condition=complete", "--timeout=-1s", `job/${name}`]),
  ]);
  return steps.join(" && ");
}

function indexedJob(name: string, level: Level, submission: Submission, options: ClusterOptions): object {
  const { plan } = submission;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, labels: { app: "ticketbench", plan: plan.hash.slice(0, 12), level: level.kind } },
    spec: {
      completionMode: "Indexed",
      completions: level.indices.length,
      parallelism: Math.min(options.parallelism, level.indices.length),
      backoffLimitPerIndex: RETRIES,
      maxFailedIndexes: level.indices.length,
      podFailurePolicy: {
        // Exit code 75 is a cell that was asked to stop: it goes on from its checkpoint and costs no attempt.
        rules: [
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
          { action: "Ignore", onExitCodes: { containerName: "cell", operator: "In", values: [75] } },
          { action: "FailIndex", onExitCodes: { containerName: "cell", operator: "In", values: [1, 2] } },
        ],
      },
      template: { metadata: { labels: { app: "ticketbench" } }, spec: podSpec(level, submission, options) },
    },
  };
}

function podSpec(level: Level, { planFile, workspace, results }: Submission, options: ClusterOptions): object {
  const { image, claim, mount, gpus } = options;
  const place = ["--work", workspace.root, "--out", results.folder];
  const index = ["--index", "$(JOB_COMPLETION_INDEX)", "--of", writeIndices(level.indices)];
  return {
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 60,
    containers: [
      {
        name: "cell",
        image,
        command: ["node", CLI, "cell", planFile, ...place, ...index],
        env: [
          {
            name: "JOB_COMPLETION_INDEX",
            valueFrom: { fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" } },
          },
        ],
        resources: gpus > 0 ? { limits: { "nvidia.com/gpu": gpus } } : { requests: { cpu: "1" } },
        volumeMounts: [{ name: "work", mountPath: mount }],
      },
    ],
    volumes: [{ name: "work", persistentVolumeClaim: { claimName: claim } }],
  };
}
