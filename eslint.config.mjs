import nx from "@nx/eslint-plugin";
import astro from "eslint-plugin-astro";
import tseslint from "typescript-eslint";

/**
 * Who may import whom: the arrows of the architecture, one line a room.
 * @type {import("eslint").Linter.RuleEntry}
 */
export const boundaries = [
  "error",
  {
    enforceBuildableLibDependency: false,
    allow: [],
    depConstraints: [
      { sourceTag: "room:backend", onlyDependOnLibsWithTags: [] },
      { sourceTag: "room:data-vqa", onlyDependOnLibsWithTags: [] },
      { sourceTag: "room:results", onlyDependOnLibsWithTags: [] },
      { sourceTag: "room:model", onlyDependOnLibsWithTags: ["room:backend"] },
      { sourceTag: "room:prune", onlyDependOnLibsWithTags: ["room:backend", "room:model"] },
      {
        sourceTag: "room:bench",
        onlyDependOnLibsWithTags: ["room:backend", "room:data-vqa", "room:model", "room:prune", "room:results"],
      },
      { sourceTag: "room:leaderboard", onlyDependOnLibsWithTags: ["room:results"] },
    ],
  },
];

export default tseslint.config(
  { ignores: ["**/dist", "**/coverage", "**/.astro", "**/.nx", "**/node_modules", "**/assembly", "**/files/**"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  ...astro.configs.recommended,
  {
    files: ["**/*.ts", "**/*.astro"],
    plugins: { "@nx": nx, "@typescript-eslint": tseslint.plugin },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@nx/enforce-module-boundaries": boundaries,
    },
  },
);
