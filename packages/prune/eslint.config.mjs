import root from "../../eslint.config.mjs";

/** The house's rules, and one for methods: what a generator left to be done is done before it is merged. */
export default [
  ...root,
  {
    files: ["src/methods/**/*.ts"],
    rules: { "no-warning-comments": ["error", { terms: ["todo"], location: "anywhere" }] },
  },
];
