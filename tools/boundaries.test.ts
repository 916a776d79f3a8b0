import { createProjectGraphAsync } from "@nx/devkit";
import { ESLint, type Linter } from "eslint";
import tseslint from "typescript-eslint";
import nx from "@nx/eslint-plugin";
import { beforeAll, expect, test } from "vitest";

const configFile = new URL("../eslint.config.mjs", import.meta.url).href;
const { boundaries } = (await import(configFile)) as { boundaries: Linter.RuleEntry };

/** Lints one line of code as if it stood in a package, by the boundary rule alone. */
async function complaints(file: string, code: string): Promise<string[]> {
  const eslint = new ESLint({
    cwd: `${import.meta.dirname}/..`,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["**/*.ts"],
        languageOptions: { parser: tseslint.parser },
        plugins: { "@nx": nx as never },
        rules: { "@nx/enforce-module-boundaries": boundaries },
      },
    ],
  });
  const [result] = await eslint.lintText(code, { filePath: `${import.meta.dirname}/../${file}` });
  return result!.messages.map(({ message }) => message);
}

// The rule reads the graph that Nx has cached, and says nothing where there is none.
beforeAll(() => createProjectGraphAsync());

const FORBIDDEN = [
  ["packages/results/src/x.ts", "@ticketbench/bench"],
  ["packages/backend/src/x.ts", "@ticketbench/model"],
  ["packages/data-vqa/src/x.ts", "@ticketbench/backend"],
  ["packages/model/src/x.ts", "@ticketbench/prune"],
  ["packages/prune/src/x.ts", "@ticketbench/data-vqa"],
  ["apps/leaderboard/src/x.ts", "@ticketbench/bench"],
] as const;

test.each(FORBIDDEN)("an import against the arrows fails the lint: %s may not import %s", async (file, target) => {
  const found = await complaints(file, `import { x } from "${target}"; console.log(x);`);
  expect(found.join()).toMatch(/can only depend on libs tagged with|cannot depend on any libs|circular dependency/i);
});

test("an import along the arrows passes", async () => {
  expect(
    await complaints("packages/prune/src/x.ts", 'import { x } from "@ticketbench/model"; console.log(x);'),
  ).toEqual([]);
});
