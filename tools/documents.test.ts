import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { commandsIn, problemOf } from "./commands.ts";

vi.setConfig({ testTimeout: 180_000 });

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FORMS = ".github/ISSUE_TEMPLATE";
const forms = readdirSync(join(ROOT, FORMS)).map((name) => join(FORMS, name));
const guides = globSync(["docs/*.md", "packages/*/README.md", "results/README.md", "configs/**/README.md"], {
  cwd: ROOT,
});
const pages = [
  "CONTRIBUTING.md",
  "AGENTS.md",
  "README.md",
  "SECURITY.md",
  ".github/pull_request_template.md",
  ...guides,
];
const textOf = (name: string): string => readFileSync(join(ROOT, name), "utf8");

describe.each([...pages, ...forms])("%s", (name) => {
  test("names commands, options and npm scripts that there are", () => {
    const text = textOf(name);
    for (const command of commandsIn(text)) expect(problemOf(command), command).toBeNull();
  });

  test("links to files that there are", () => {
    for (const [, target] of textOf(name).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      expect(existsSync(join(ROOT, dirname(name), target ?? "")), target).toBe(true);
    }
  });
});

test("the contributor's guide and the assistants' one name the same steps for a method", () => {
  const steps = (name: string): string[] =>
    commandsIn(textOf(name)).filter((command) => /prune:method|ticketbench -- \w+ wanda2/.test(command));
  expect(steps("CONTRIBUTING.md").length).toBeGreaterThan(3);
  expect(steps("AGENTS.md")).toEqual(steps("CONTRIBUTING.md"));
});

test("a form asks for each thing by one id, and has what GitHub needs of a form", () => {
  for (const name of forms.filter((form) => !form.endsWith("config.yml"))) {
    const {
      name: title,
      description,
      body,
    } = parse(textOf(name)) as {
      name: string;
      description: string;
      body: { type: string; id: string; attributes: { label: string; options?: string[] } }[];
    };
    expect(title && description).toBeTruthy();
    expect(new Set(body.map(({ id }) => id)).size).toBe(body.length);
    for (const { type, attributes } of body) {
      expect(["input", "textarea", "dropdown", "checkboxes"]).toContain(type);
      expect(attributes.label).toBeTruthy();
      if (type === "dropdown") expect(attributes.options?.length).toBeGreaterThan(1);
    }
  }
});

test("owners are named for paths that there are", () => {
  const lines = textOf(".github/CODEOWNERS")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  for (const line of lines) {
    const [path, ...owners] = line.split(/\s+/);
    if (path !== "*") expect(existsSync(join(ROOT, path ?? "")), path).toBe(true);
    for (const owner of owners) expect(owner).toMatch(/^@[\w-]+(\/[\w-]+)?$/);
  }
  expect(lines.length).toBeGreaterThan(1);
});

describe("a command that there is not", () => {
  test.each([
    ["npm run pr:verdikt -- --artifact x.zip", 'no npm script "pr:verdikt"'],
    ["npm run pr:verdict -- --artefact x.zip", "npm run pr:verdict has no --artefact"],
    ["npm run reproduce -- --samples 3", "npm run reproduce has no --samples"],
    ["npm run ticketbench -- plan x.yaml --executer gha", "ticketbench plan has no --executer"],
    ["npm run ticketbench -- chek wanda2", "no command ticketbench chek"],
    ["npm run ticketbench -- results validte", "ticketbench results has no command validte"],
    ["npm run bench configs/ci.yaml -- --sed 0", "ticketbench run has no --sed"],
    ["npx ticketbench run x --shards 1/2", "ticketbench run has no --shards"],
    ["npx vitst run", "vitst is not installed here"],
    ["npx nx g @ticketbench/results:method x", "@ticketbench/results has no generator method"],
    ["node tools/bootstrp.mjs", "no file tools/bootstrp.mjs"],
  ])("%s is found", (command, problem) => {
    expect(problemOf(command)).toBe(problem);
  });

  test("is not claimed of one that there is", () => {
    const script =
      "matrix=$(npm run --silent ticketbench -- run plan.json --executor gha --jobs 8)\nnpm run bench x.yaml -- \\\n  --seeds 0,1 # two";
    expect(commandsIn(script)).toEqual([
      "npm run --silent ticketbench -- run plan.json --executor gha --jobs 8",
      "npm run bench x.yaml -- --seeds 0,1",
    ]);
    for (const command of commandsIn(script)) expect(problemOf(command)).toBeNull();
    expect(problemOf("npm run ticketbench -- results validate results")).toBeNull();
  });
});
