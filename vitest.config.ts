import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** A package's tests stand beside its code; long ones (a browser, a real scheduler) state their own time limit. */
function project(name: string, root: string): TestProjectInlineConfiguration {
  return {
    test: {
      name,
      root,
      include: ["**/*.test.ts"],
      exclude: ["**/node_modules/**", "**/dist/**", "**/files/**"],
      testTimeout: 30_000,
      hookTimeout: 120_000,
    },
  };
}

/** One run for the whole house: one summary, one coverage report, one closing line. */
export default defineConfig({
  test: {
    projects: [
      project("backend", "packages/backend"),
      project("model", "packages/model"),
      project("prune", "packages/prune"),
      project("data-vqa", "packages/data-vqa"),
      project("bench", "packages/bench"),
      project("results", "packages/results"),
      project("leaderboard", "apps/leaderboard"),
      project("tools", "tools"),
    ],
    reporters: ["default", "./tools/closing-reporter.ts"],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts", "apps/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/dist/**"],
      reporter: [["text-summary"], ["html"]],
      reportsDirectory: "coverage",
    },
  },
});
