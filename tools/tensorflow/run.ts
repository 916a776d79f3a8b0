import { spawnSync } from "node:child_process";
import { EngineError } from "@ticketbench/backend";

export interface RunOptions {
  readonly cwd?: string;
  /** Show nothing of what the program prints. */
  readonly quiet?: boolean;
  /** Message when the program is not there or, being quiet, fails. */
  readonly missing?: string;
  /** Message when the program fails, having said why. */
  readonly failed?: string;
}

/** Runs a program to its end. Throws EngineError with the caller's words when it cannot be started or fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): void {
  const output = options.quiet ? "ignore" : "inherit";
  const child = spawnSync(command, args, {
    stdio: ["ignore", output, output],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  if (child.error !== undefined) throw new EngineError(options.missing ?? `${command}: ${child.error.message}`);
  if (child.status !== 0) {
    const how = child.signal === null ? `exit code ${child.status}` : `signal ${child.signal}`;
    throw new EngineError(options.failed ?? options.missing ?? `${command} ${args.join(" ")} failed (${how})`);
  }
}
