/** A step of the way from an idea to a line on the board. Words in backticks are code. */
export interface Step {
  readonly id: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly command: string | null;
}

export const enContribute = {
  title: "Add a method",
  pageTitle: "Add a pruning method to TicketBench",
  description:
    "A method is one file. How to write it, check it, see it among the others on your own machine, and propose its results.",
  lead: "A method is one file that says which weights matter. It imports nothing of other methods, is found by its file name, and is the same on a laptop and on a cluster.",
  steps: [
    {
      id: "write",
      heading: "1. Write it",
      paragraphs: [
        "Put a file into `packages/prune/src/methods/`. It names its title, idea, citation and parameters, and gives one of three things: a score for every weight, a mask, or a schedule over training. The bench keeps the highest scores, exactly as many as asked for, and breaks ties the same way everywhere.",
        "The weights come as they were fine-tuned, with a seeded stream of random numbers and, for methods that ask for it, batches of training data. There is no way from there to the questions a method is judged on.",
      ],
      command: null,
    },
    {
      id: "check",
      heading: "2. Try it",
      paragraphs: [
        "Name the method in a study and run it. The quick study trains, prunes and retrains a small network in about two minutes on two cores, without a GPU:",
      ],
      command: "npm run bench configs/quickstart.yaml",
    },
    {
      id: "see",
      heading: "3. See it among the others",
      paragraphs: ["The same pages as here, built from your own results:"],
      command: "npm run site",
    },
    {
      id: "propose",
      heading: "4. Propose it",
      paragraphs: [
        "Open a pull request with the file and its results. Each result is checked: schema, accuracy against the scores of every question, sparsity against the mask's ledger, zeros against the saved checkpoint, and no two results alike. The verdict against the baselines comes from the same paired test as on the page that compares two methods.",
      ],
      command: null,
    },
  ] as readonly Step[],
  rulesHeading: "What counts",
  rules: [
    "Five sparsities or more, low and extreme ones among them, and three seeds or more: fewer are shown and not ranked.",
    "The fixed recipe for the closed division; any recipe, fully stated, for the open one.",
    "No code that knows the questions it is judged on.",
    "A method is not merged by its author, and a result is never deleted: it is replaced, and says by which.",
  ],
};

export type Contribute = typeof enContribute;
