import { execFile } from "node:child_process";
import { relative } from "node:path";
import { promisify } from "node:util";
import { StudyError } from "../study/error.ts";
import { REPOSITORY } from "./past-results.ts";

/** The contributor's clone of the repository that this code belongs to. */
export class Clone {
  /** The clone, or StudyError where this is none. */
  static async open(): Promise<Clone> {
    const clone = new Clone();
    await clone.#git("rev-parse", "HEAD").catch(() => {
      throw new StudyError(`${REPOSITORY}: no clone of the repository: \`git clone\` it, and run this command there`);
    });
    return clone;
  }

  /** Changed and new files, relative to the clone. */
  async changes(): Promise<string[]> {
    const entries = (await this.#git("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")).split(
      "\0",
    );
    return entries.filter(Boolean).map((entry) => entry.slice(3));
  }

  async branch(): Promise<string> {
    return (await this.#git("branch", "--show-current")).trim();
  }

  /** Makes a branch here and goes to it. Throws StudyError where there is one of that name. */
  async begin(branch: string): Promise<void> {
    if ((await this.branch()) === branch) return;
    const known = await this.#git("branch", "--list", branch);
    if (known.trim() !== "")
      throw new StudyError(
        `branch ${branch} is there already: \`git switch ${branch}\`, or give another with --branch`,
      );
    await this.#git("switch", "--quiet", "--create", branch);
  }

  /** Commits these files alone; how many of them that changed. Throws StudyError in git's words. */
  async commit(files: readonly string[], message: string): Promise<number> {
    const paths = files.map((file) => relative(REPOSITORY, file));
    await this.#git("add", "--", ...paths);
    await this.#git("commit", "--quiet", "--message", message, "--", ...paths);
    const changed = await this.#git("show", "--format=", "--name-only", "-z", "HEAD");
    return changed.split("\0").filter(Boolean).length;
  }

  async #git(...words: string[]): Promise<string> {
    try {
      return (await promisify(execFile)("git", ["-C", REPOSITORY, ...words], { maxBuffer: 2 ** 26 })).stdout;
    } catch (error) {
      const { stderr = "", message } = error as Error & { stderr?: string };
      throw new StudyError(`git ${words[0]}: ${stderr.trim() || message}`);
    }
  }
}
