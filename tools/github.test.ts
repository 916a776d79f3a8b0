import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commentMarker, nothingComment } from "@ticketbench/results";
import { artifactLimits } from "@ticketbench/results/node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PretendGithub } from "./github/pretend.ts";

// Processes are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

const HEAD = "a".repeat(40);

let github: PretendGithub;
let environment: NodeJS.ProcessEnv;
let scratch = "";
let event = "";

beforeEach(async () => {
  github = new PretendGithub();
  environment = await github.open();
  scratch = mkdtempSync(join(tmpdir(), "ticketbench-github-"));
  event = join(scratch, "event.json");
  const run = { id: 42, html_url: "https://example.org/run", head_sha: HEAD, head_branch: "wanda&state=closed" };
  writeFileSync(event, JSON.stringify({ workflow_run: { ...run, head_repository: { owner: { login: "someone" } } } }));
});
afterEach(() => {
  github.close();
  rmSync(scratch, { recursive: true });
});

function run(name: string, ...words: string[]): Promise<{ status: number; output: string }> {
  const program = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...words], { env: environment }, (_, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

describe("the comment on a pull request", () => {
  const write = (text: string): Promise<{ status: number; output: string }> => {
    writeFileSync(join(scratch, "comment.md"), text);
    return run("pr-comment", "--event", event, "--body", join(scratch, "comment.md"));
  };

  test("is written once and then replaced, whoever copies its marker and however many comments there are", async () => {
    github.pulls = [{ number: 7, head: { sha: HEAD } }];
    github.add("comments", `${commentMarker}\ncopied`, "User");
    for (let i = 0; i < 120; i++) github.add("comments", "chatter", "User");
    expect(await write(`${commentMarker}\nfirst`)).toEqual({ status: 0, output: "https://example.org/221\n" });
    await write(`${commentMarker}\nsecond`);
    expect(github.comments).toHaveLength(122);
    expect(github.comments[0]?.body).toContain("copied");
    expect(github.comments.at(-1)?.body).toBe(`${commentMarker}\nsecond`);
  });

  test("where there is nothing to judge takes an earlier one back, and is not written otherwise", async () => {
    github.pulls = [{ number: 7, head: { sha: HEAD } }];
    expect((await write(nothingComment())).output).toMatch(/nothing to tell/);
    expect(github.comments).toHaveLength(0);
    await write(`${commentMarker}\nbetter`);
    await write(nothingComment());
    expect(github.comments.map(({ body }) => body)).toEqual([nothingComment()]);
  });

  test("goes to the open pull request with that head alone, found by the branch's whole name", async () => {
    github.pulls = [{ number: 7, head: { sha: "b".repeat(40) } }];
    expect((await write(`${commentMarker}\nlate`)).output).toMatch(/nothing is written/);
    expect(github.comments).toHaveLength(0);
    expect(github.asked).toEqual(["someone:wanda&state=closed"]);
  });

  test("is nothing but what pr:verdict prints", async () => {
    expect(await write("hello")).toMatchObject({ status: 2 });
    expect((await write(`${commentMarker}${"x".repeat(65_000)}`)).output).toMatch(/longer than 65000 bytes/);
  });
});

describe("the artifact of a pull request's run", () => {
  const fetchIt = (): Promise<{ status: number; output: string }> =>
    run("pr-artifact", "--event", event, "--to", join(scratch, "artifact.zip"));

  test("is fetched as it is", async () => {
    github.artifact = new TextEncoder().encode("PK whatever");
    expect(await fetchIt()).toMatchObject({ status: 0 });
    expect(readFileSync(join(scratch, "artifact.zip"), "utf8")).toBe("PK whatever");
  });

  test("is refused when it is too large, and missed when there is none", async () => {
    expect((await fetchIt()).output).toMatch(/it uploaded no artifact "preview"/);
    github.artifact = new Uint8Array(artifactLimits.archiveBytes + 1);
    expect(await fetchIt()).toMatchObject({ status: 2, output: expect.stringMatching(/is not downloaded/) as string });
  });

  test("needs a token and an event", async () => {
    environment = { ...environment, GITHUB_TOKEN: "" };
    expect((await fetchIt()).output).toMatch(/GITHUB_TOKEN: not set/);
    writeFileSync(event, "{}");
    expect((await fetchIt()).output).toMatch(/no workflow_run event/);
  });
});

describe("the issue about results that did not come out again", () => {
  test("is opened once and then updated, with the report in a block that nothing in it can close", async () => {
    const report = join(scratch, "report.txt");
    writeFileSync(report, "DIFFERENT magnitude\n````\n@everyone # heading\n");
    const words = ["--report", report, "--run", "https://example.org/run/1"];
    expect(await run("issue-report", ...words)).toMatchObject({ status: 0 });
    await run("issue-report", ...words);
    expect(github.issues).toHaveLength(1);
    expect(github.comments).toHaveLength(0);
    expect(github.issues[0]).toMatchObject({ labels: ["reproduction"] });
    expect(github.issues[0]?.body).toMatch(/\n`````text\nDIFFERENT magnitude\n````\n@everyone # heading\n`````\n/);
  });

  test("keeps what it said before as a comment, where another night found something else", async () => {
    const report = join(scratch, "report.txt");
    for (const found of ["DIFFERENT magnitude", "STALE     random"]) {
      writeFileSync(report, `${found}\n`);
      await run("issue-report", "--report", report);
    }
    expect(github.issues).toHaveLength(1);
    expect(github.issues[0]?.body).toContain("STALE     random");
    expect(github.comments.map(({ body }) => body)).toEqual([
      expect.stringMatching(/^What this issue said before:[^]*DIFFERENT/),
    ]);
  });

  test("needs a report that is there", async () => {
    const missing = join(scratch, "none.txt");
    const said = `issue:report: ${missing}: there is no such file\n`;
    expect(await run("issue-report", "--report", missing)).toEqual({ status: 2, output: said });
  });

  test("keeps the beginning of a report that is too long for one", async () => {
    const report = join(scratch, "report.txt");
    writeFileSync(report, `verifying 2 of 9 results, drawn with --seed 2026-11-29\nSTALE x\n${"y".repeat(70_000)}`);
    await run("issue-report", "--report", report);
    const body = github.issues[0]?.body ?? "";
    expect(body.length).toBeLessThan(65_536);
    expect(body).toMatch(/\*\*1 of 2 published results do not hold\.\*\*/);
    expect(body).toMatch(/verify results --sample 2 --seed 2026-11-29\n/);
  });
});

describe("a label that starts a sweep", () => {
  const MERGE = "c".repeat(40);
  const label = (name: string, merge: string | null, login = "keeper"): Promise<{ status: number; output: string }> => {
    const pull_request = { number: 7, merge_commit_sha: merge };
    writeFileSync(event, JSON.stringify({ action: "labeled", label: { name }, sender: { login }, pull_request }));
    return run("sweep-authorise", "--event", event);
  };
  const outputs = (): string => readFileSync(join(scratch, "outputs"), "utf8");

  beforeEach(() => {
    github.roles = { keeper: "maintain", owner: "admin", writer: "write" };
    environment = { ...environment, GITHUB_OUTPUT: join(scratch, "outputs") };
    writeFileSync(join(scratch, "outputs"), "");
  });

  test("counts where a maintainer set it, for the merge commit of that moment", async () => {
    expect(await label("run:gpu", MERGE)).toEqual({ status: 0, output: `merge=${MERGE}\n` });
    expect(await label("run:gpu", MERGE, "owner")).toMatchObject({ status: 0 });
    expect(outputs()).toBe(`merge=${MERGE}\n`.repeat(2));
  });

  test.each([
    ["writer", MERGE, /given by writer, whose role is write: nothing is run/],
    ["a-stranger", MERGE, /role is read/],
    ["keeper", null, /pull request 7 has no merge commit: resolve the conflicts/],
    ["keeper", "main\nmerge=x", /no merge commit/],
  ])("of %s at %s runs nothing", async (login, merge, says) => {
    expect(await label("run:gpu", merge, login)).toMatchObject({
      status: 1,
      output: expect.stringMatching(says) as string,
    });
    expect(outputs()).toBe("");
  });

  test("is that label and no other event", async () => {
    expect(await label("run:cpu", MERGE)).toMatchObject({ status: 2 });
    writeFileSync(event, JSON.stringify({ action: "synchronize" }));
    expect(await run("sweep-authorise", "--event", event)).toMatchObject({ status: 2 });
  });
});
