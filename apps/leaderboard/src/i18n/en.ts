import type { ReportedFlag } from "@ticketbench/results";
import type { PredictionId, Status } from "../audit/predictions.ts";
import type { ThesisMethodId } from "../audit/thesis.ts";
import type { Answers, Phase, Tier } from "../board/board.ts";
import type { Claim } from "../board/claim.ts";
import type { Axis } from "../board/state.ts";
import { formatFor, type Language } from "./format.ts";

const f = formatFor("en");

// Every string of the site, one export a section. What a page's script imports by name is all that it loads: the long
// texts stay out of it. A link inside a sentence stands in [brackets], code in `backticks`.

const phases: Record<Phase, string> = { pruned: "pruning", rewound: "rewinding", retrained: "retraining" };
const answers: Record<Answers, string> = { all: "all", yesno: "yes/no", number: "number", other: "other" };
const axes: Record<Axis, string> = {
  prunable: "prunable weights",
  total: "whole model",
  flops: "FLOPs",
  bytes: "bytes",
  latency: "latency",
};
const axisTitles: Record<Axis, string> = {
  prunable: "weights removed, share of the prunable ones",
  total: "weights removed, share of the whole model",
  flops: "operations of one forward pass, zeros not counted",
  bytes: "bytes of the compressed checkpoint",
  latency: "measured time of one batch",
};
const tiers: Record<Tier, string> = {
  "self-reported": "all",
  reproduced: "reproduced or better",
  attested: "attested",
};

/** The sentences under the question: what the statistics allow, no more. */
function answer(claim: Claim): { lead: string; rest: string } {
  const { proved, byMean, last, collapse, floor } = claim;
  const sentences: string[] = [];
  if (proved) {
    sentences.push(
      `${f.share(proved.sparsity)} of the prunable weights can go for less than a point of accuracy, by ${f.list(proved.methods)}.`,
    );
  } else if (byMean) {
    sentences.push(
      `${f.share(byMean.sparsity)} of the prunable weights may go for less than a point of accuracy, by ${f.list(byMean.methods)}; the seeds here are too few or too far apart to prove it.`,
    );
  } else {
    sentences.push("Nothing here can be pruned for less than a point of accuracy.");
  }
  if (proved && byMean) {
    sentences.push(
      `By its mean alone, ${f.list(byMean.methods)} ${byMean.methods.length > 1 ? "hold" : "holds"} up to ${f.share(byMean.sparsity)}; the seeds do not prove it.`,
    );
  }
  if (last && last.loss > 0.01) {
    sentences.push(`At ${f.share(last.sparsity)} even the best, ${last.method}, loses ${f.points(last.loss)} points.`);
  }
  if (collapse && floor !== null) {
    sentences.push(
      `From ${f.share(collapse.sparsity)} on, ${collapse.method} does no better than one answer to everything (${f.accuracy(floor)}).`,
    );
  }
  const [lead = "", ...rest] = sentences;
  return { lead, rest: rest.join(" ") };
}

export const language = "en" as Language;
export const direction = "ltr" as "ltr" | "rtl";
export const name: string = "English";
export const site: string = "TicketBench";
export const skip: string = "Skip to the content";
export const nav = {
  board: "Leaderboard",
  methods: "Methods",
  compare: "Compare",
  questions: "Questions",
  cells: "Results",
  audit: "Audit",
  compression: "Compression",
  data: "Data",
  about: "About",
  contribute: "Add a method",
  changelog: "Changelog",
};
export const mainNavigation: string = "Main";
export const theme = {
  label: "Colours",
  auto: "Colours: as the system",
  light: "Colours: light",
  dark: "Colours: dark",
};
export const footer: string =
  "An open benchmark of pruning methods on a vision-and-language network. Every number links to the file it comes from.";
export const license: string = "MIT licence";

const interval = "95\u00a0% interval";

/** What the pages share that exist in English only. */
export const englishPages = {
  sparsity: "Sparsity",
  ofPrunable: "of prunable",
  prunableAndAll: "prunable / all",
  asked: "Asked",
  measured: "Measured",
  phases: { pruned: "Pruned", rewound: "Rewound", retrained: "Retrained" } satisfies Record<Phase, string>,
  denseNetwork: "Dense network",
  failed: "failed",
  difference: "Difference",
  interval,
  differenceRange: (low: number, high: number) => `${f.difference(low)} to ${f.difference(high)}`,
  verdict: "Verdict",
  nothingShared: "These two share no sparsity, seed and phase on the same questions, so nothing can be said.",
  module: "Module",
  sparsityByModule: "Sparsity by module",
  picture: "Picture",
  needs: "Needs",
  questions: "Questions",
  question: (number: number) => `Question ${f.integer(number)}`,
  type: "Type",
  pages: "Pages",
  previous: "Previous",
  next: "Next",
  pageOf: (page: number, pages: number) => `Page ${f.integer(page)} of ${f.integer(pages)}`,
  withSeed: (title: string, seed: number) => `${title}, seed ${String(seed)}`,
  atSparsity: (title: string, target: number) => `${title} at ${f.share(target)}`,
};

export const board = {
  title: "How much of a vision-and-language network can you throw away?",
  pageTitle: "TicketBench: how much of LXMERT can be pruned?",
  description:
    "A leaderboard of pruning methods for LXMERT on visual question answering: accuracy against sparsity, with intervals, paired tests and every number behind it.",
  noResults: "No results yet",
  noResultsHelp: "There is nothing to draw: the results folder is empty. Run a study and build the site on its output:",
  answer,
  controls: "What to show",
  refine: "Refine",
  track: "Track",
  after: "After",
  answersTo: "Questions",
  across: "Across",
  tier: "Trust",
  methods: "Methods",
  front: "Pareto front",
  showAll: "Show all",
  wholeRange: "Whole axis",
  reset: "Reset",
  phases,
  answers,
  axes,
  axisTitles,
  tiers,
  dense: "dense",
  floor: "always one answer",
  floorShort: "one answer",
  caption: (dataset: string, split: string) => `Accuracy on ${dataset}, ${split} split, %`,
  captionNote: (questions: number) => `${f.integer(questions)} questions; mean and 95\u00a0% interval over seeds`,
  chartDescription: (methods: number, points: number) =>
    `${f.integer(methods)} methods, ${f.integer(points)} points. Each point is a link; arrow keys move between points, [ and ] begin and end the part of the axis in view at one. The table below says the same.`,
  spoken: (method: string, share: string, accuracy: string, interval: string | null, n: number) =>
    `${method}, ${share}: ${accuracy}${interval === null ? "" : ` (95\u00a0% interval ${interval})`}, n = ${f.integer(n)}`,
  ofPrunable: (share: string) => `${share} of the prunable weights`,
  hidden: (cells: number) =>
    cells === 0
      ? "Nothing is hidden by filters."
      : `${f.integer(cells)} ${cells === 1 ? "result is" : "results are"} hidden by filters.`,
  failed: (cells: number) =>
    cells === 0
      ? ""
      : `${f.integer(cells)} ${cells === 1 ? "cell" : "cells"} failed and ${cells === 1 ? "is" : "are"} listed among the results.`,
  empty: "No method in view has a result for this choice.",
  noCost: "The results in view do not say what is asked for on this axis.",
  tableTitle: "The same, as a table",
  tableNote:
    "Accuracy in percent, ± half of the 95\u00a0% interval over n seeds (none for n = 1). Methods that the paired test over questions cannot tell apart share a rank (=); ranks count the methods out of view too, and need three seeds. Choose a sparsity to order by it. Under a method: the mean time one of its results took to make.",
  costEach: (time: string) => `${time} a result`,
  seedTable: {
    title: "Every seed, with what it cost",
    elsewhere: "Every seed, with what it cost, is a row of [the results].",
    asked: "Asked",
    prunable: "Of prunable",
    total: "Of all",
    seed: "Seed",
    accuracy: "Accuracy",
    cost: "Cost",
  },
  rank: "Rank",
  method: "Method",
  sparsities: "of prunable weights / of all",
  seeds: (n: number) => `n ${f.integer(n)}`,
  take: "Take it along",
  download: "Download what is shown",
  copy: "Copy as",
  copied: "copied",
  link: "Link",
};

export const notFound = {
  title: "Nothing here",
  text: "This address leads nowhere. It may have been a result that was given another id; the list of results has them all.",
  home: "To the leaderboard",
  cells: "To the results",
};

export const about = {
  title: "How it is measured",
  pageTitle: "How TicketBench measures: protocol, statistics, tiers, limits",
  description:
    "What is measured on this site: the phases of a cell, both sparsities, how accuracy is recomputed, intervals over seeds, paired tests over questions, tiers of trust, and the limits of it all.",
  lead: "TicketBench asks one question of one network: how much of LXMERT, a vision-and-language transformer, can be removed before it answers questions about pictures worse, and which method chooses best what to remove?",
  sections: [
    {
      id: "protocol",
      heading: "What happens to a network",
      paragraphs: [
        "A network is fine-tuned on the questions (dense). A method then chooses weights to remove; the network is evaluated at once (pruned). The same mask is laid on the weights from before the fine-tuning, and evaluated again (rewound). From there the masked network is trained like the first one, with the mask held in every step of the optimiser, and evaluated a last time (retrained).",
        "All methods start from the same weights, see the questions in the same order and have the same budget. The epoch is never chosen on the questions whose score is reported.",
      ],
    },
    {
      id: "sparsity",
      heading: "Two sparsities",
      paragraphs: [
        "Not all weights may be removed: embeddings, for example, stay. “90 % sparsity” of the prunable weights can therefore be much less of the whole model, so both shares are given everywhere. Both are counted on the mask, never taken from a label, and the zeros are counted again on the saved checkpoint.",
      ],
    },
    {
      id: "accuracy",
      heading: "Accuracy",
      paragraphs: [
        "Ten people answered each question. An answer scores 0, 0.3, 0.6, 0.9 or 1 by how many of them gave it; accuracy is the mean over all questions. Every result stores the score of every question, and every accuracy on this site is computed from those.",
        "Two lines tell what a number means: the dense network's own score, and the floor, which is what one and the same answer to everything reaches. A method near the floor has not learned anything.",
      ],
    },
    {
      id: "statistics",
      heading: "Intervals, tests and ranks",
      paragraphs: [
        "A point is the mean over seeds, each with its own fine-tuning; its band is the 95\u00a0% t interval. One seed has no band, and n is always shown.",
        "Two methods are compared question by question on the seeds they share: a permutation test over questions, and an interval that counts both questions and seeds as random. One is called better when the test rejects and the interval agrees; tied when the whole interval lies within one point; undecided otherwise. In a ranking, the p values of all pairs at one sparsity are adjusted by Holm's rule, and methods that cannot be told apart share a rank. Fewer than three seeds decide nothing.",
        "The same function gives the verdict on this site, on the command line and in the comment under a pull request.",
      ],
    },
    {
      id: "tiers",
      heading: "Whom to trust",
      paragraphs: [
        "Self-reported: the file passes the schema, its accuracies agree with its scores, its sparsity with its ledger, and no two results answer every question alike. Reproduced: the project's own machine made the cell again and found it equal within the noise. Attested: signed by the machine that made it.",
        "Results are never deleted. One that is replaced says by which, and a failed cell is listed with its reason.",
        "Cells “as coded” repeat a published study with its faults, to show what the faults do. They are drawn and never ranked.",
      ],
    },
    {
      id: "limits",
      heading: "What this cannot tell",
      paragraphs: [
        "This is a deep benchmark of one family of models on one task. What holds for LXMERT need not hold for another network.",
        "The mini track runs on a laptop: drawn scenes, a small network, the same code. It shows how methods compare there; the full track is the one to quote for VQA v2. They are never ranked together.",
        "A masked network is not a faster network. Zeros save memory only when they are encoded, and time only where the arithmetic skips them.",
      ],
    },
  ],
};

/** A step of the way from an idea to a line on the board. */
interface Step {
  readonly id: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly command: string | null;
}

export const contribute = {
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

const auditMethods: Record<ThesisMethodId, string> = {
  "thesis-low": "Low magnitude",
  "thesis-random": "Random",
  "thesis-high": "“High magnitude”",
};
const auditPhases: Record<Phase, string> = { pruned: "pruned", rewound: "reset", retrained: "retrained" };
const auditFlags: Record<ReportedFlag, string> = {
  "constant-answer": "The model gives every question the same answer: this is a floor, not learning.",
  "copied-run": "Another seed's file holds the same digits: one run, published more than once.",
  digitised: "Read off a figure, within the stated tolerance.",
  "does-not-fit-minival": "Out of line with the same run's score on minival.",
  "fewer-seeds-than-claimed": "The raw files hold fewer seeds than the source claims.",
  "fraction-not-percent": "Stored as a fraction where its neighbours are percent.",
  "last-epoch-not-best": "The source prints the last epoch, which is below the best.",
  "mask-not-held": "The mask was not applied during retraining: the pruned weights grew back.",
  "not-high-magnitude": "Called high magnitude, but the mask removes low-magnitude weights.",
  "not-in-raw-files": "No raw file of the source holds this number.",
  "one-tenth-added": "The plotting code added 0.1 to the score.",
  "population-sd": "The spread is a population standard deviation, which is too small for a sample.",
  relabelled: "The label is 100 minus the sparsity the run was given.",
  "reversed-order": "Drawn in the opposite order of the labels.",
  "score-of-low-mask": "The score of the low-magnitude mask, printed for another method.",
  "split-assumed": "The source does not name its split; this one was inferred.",
  truncated: "Printed digits were cut off, not rounded.",
};
const auditStatuses: Record<Status, string> = {
  holds: "holds",
  fails: "fails",
  undecided: "undecided",
  "not measured yet": "not measured yet",
};
const auditTexts: Record<PredictionId, string> = {
  P1: "With the mask held, accuracy after retraining at 50 % and more lies below the original's curve, whose weights grew back.",
  P2: "A mask that truly removes the largest weights is far worse than a random one, at every sparsity.",
  P3: "Removing 10 % of the weight matrices by magnitude costs less than a point, without retraining.",
  P4: "Choosing over the whole network differs from choosing layer by layer.",
  P5: "Training, pruning and rewinding in rounds beats removing the same share at once, at 60 % and more.",
  P6: "The 7.09 million weights of the last layer that never reach the answer can go without changing any answer.",
};

function differencesAt(differences: readonly { target: number; difference: number }[]): string {
  return differences.map(({ target, difference }) => `${f.share(target)}: ${f.difference(difference)}`).join(", ");
}

export const audit = {
  language: "en" as Language,
  pageTitle: "Audit: what the LXMERT pruning thesis reported, and what its files show | TicketBench",
  description:
    "The 2021 study of pruning LXMERT, redrawn from its raw numbers, with each fault explained: masks that did not hold, mislabelled sparsities, copied seeds. And six predictions with verdicts.",
  title: "The audit",
  lead: "In 2021 a bachelor thesis asked whether LXMERT holds a winning ticket: a sparse part that, trained alone from the same start, does as well as the whole. This site began as its re-test. Its figures are redrawn here from its raw result files; then, one by one, what its code did instead of what its text says. Nothing here is measured by us unless it says so, and reported numbers never enter the leaderboard.",
  missing: "The reported numbers are not among the published results of this copy.",
  methods: auditMethods,
  phases: auditPhases,
  flags: auditFlags,
  unpruned: "unpruned",
  floor: "always one answer",
  floorShort: "one answer",
  xTitle: "sparsity, as labelled",
  named: (method: string, phase: string) => `${method}, ${phase}`,
  spoken: (curve: string, label: string, accuracy: string, n: number | null) =>
    `${curve}, ${label}: ${accuracy}${n === null ? "" : `, n = ${f.integer(n)}`}`,
  redrawn: "Redrawn from the raw numbers of the study. The table under it says the same.",
  twin: {
    language: "en" as Language,
    summary: board.tableTitle,
    tableOf: (title: string) => `${title}: as a table`,
    curve: "Curve",
    value: "Value, %",
    interval,
  },
  method: board.method,
  methodAndLabel: "Method, label",
  label: "Label",
  reported: {
    heading: "As reported",
    chart: "As reported: retrained accuracy on VQA v2 minival, %",
    note: "Dashed: reported, with masks that did not hold. Mean over the runs that exist",
    table: "Reported accuracy after retraining, percent",
    spread: (sd: string | null, n: number) => `${sd === null ? "" : `sd ${sd} `}n ${f.integer(n)}`,
    denseNote: "n 1: one run, filed under three seeds",
    figure: (number: number, method: string) => `Figure 6-${f.integer(number)}: ${method}, accuracy on minival, %`,
    figureNote: "Seed 1, as in the thesis",
    paper: "Figure 1 of the paper, from the raw files: low magnitude, accuracy on minival, %",
    paperNote: "Seed 0. The paper draws about 41 at 90 %; no raw file holds that point",
  },
  bars: {
    heading: "The grid of bars",
    text: (names: readonly string[]) =>
      `Seed 1, accuracy in percent. ${names.join("; ")}. The three “pruned” bars of a panel are equal to the last digit: [one score under three names].`,
    panel: (label: string) => `VQA (${label})`,
    panelTitle: (label: string) => `Accuracy at label ${label}`,
  },
  tables: {
    heading: "The tables, as printed",
    first: "Table 7-1, first version",
    firstText:
      "Table 7-1 of the first version (one seed), digits as they stand there, and the value each one was made from.",
    later: "Mean and spread, later versions",
    laterText:
      "The later versions: mean and spread after retraining. The spread is the population's, cut off after two digits.",
    from: (accuracy: string, n: string) => `from ${accuracy}, n ${n}`,
  },
  findings: {
    heading: "What the code did",
    labelAxis: "label of the file, %",
    dense: {
      heading: "1. Retraining was dense",
      text: "The mask sets the rewound weights to zero once. Training never looks at it again, so every removed weight that gets a gradient grows back in the first effective step. What the curves call retrained is the whole network, fine-tuned from a damaged start. No winning ticket was trained, and no checkpoint is smaller. Here the mask is part of the optimiser's step, and its zeros are counted again on every saved checkpoint.",
      chart: "Removed weights that are zero after retraining, %. Low magnitude, measured by us",
      held: "mask held",
      asCoded: "as coded",
    },
    high: {
      heading: "2. “High magnitude” removes small weights",
      text: "The mask was copied from code in which 1 means keep; here 1 means remove. With p the share of the low-magnitude mask, it removes 1 − p of the weights: from half on, all of them out of the small ones; below half, all small ones and a random share of the large. Hence the surprise that removing “the large weights” beats chance.",
      chart: "What the high mask removes, %",
      removedName: "of all",
      destroyedName: "of the large",
      table: "What the high mask removes",
      file: "Label of the file",
      removed: "Removed, of the prunable weights",
      destroyed: "Large weights destroyed, of all large ones",
      retrained: "Retrained accuracy, mean",
    },
    labels: {
      heading: "3. and 5. Labels are not measurements",
      text: (rounds: readonly number[]) =>
        `Files of the high mask are labelled 100 minus the sparsity they were run with. And the rounds of “iterative” pruning have no training between them: each removes a tenth of what is left, so n rounds remove 1 − 0.9ⁿ at once. The nominal 10, 20, … 90 % took ${f.list(rounds.map(f.integer))} rounds. Here the label is always counted on the mask.`,
      chart: "Weights the masks really removed, % of the prunable ones",
      diagonal: "as labelled",
      lowAndRandom: "Low and Random",
    },
    pruned: {
      heading: "4. One score under three names",
      text: "The “pruned” score was taken before the mask was converted to random or high: it is the low mask's score for all three methods. The table then adds a tenth to it: once to a fraction, once to percent, once in reversed order. The printed digits above follow that rule to the last one.",
      chart: "“Pruned” accuracy in the raw files, seed 1, %",
    },
    random: {
      heading: "6. Random was a coin, layer by layer",
      text: "Each weight is removed with the probability of its tensor's share in the low mask: not a choice over the network, and not an exact count. Here counts are exact and ties are broken the same way everywhere.",
      chart: "Weights the coin removed beyond its aim. Measured by us, as coded",
      seed: (seed: number) => `seed ${f.integer(seed)}`,
    },
    seeds: {
      heading: "7. Three seeds that are not there",
      text: "Of 81 pruning runs 66 exist, and one of those is another's copy. The fine-tuning was run once and filed under three seeds, so nothing above varies the network that was pruned. Runs that exist, by method and label:",
      table: "Runs that exist",
      ofThree: (n: number) => `${f.integer(n)} of 3`,
      copied: "one copied",
    },
    split: {
      heading: "8. The epoch was chosen on the reported questions",
      text: (scores: readonly number[]) =>
        `All of it was evaluated on minival, not on test-dev, and the best epoch was picked there too. Two scores that look like learning are answers that never change: ${f.list(scores.map(f.accuracy))} are what one and the same answer to everything reaches. The fine-tuning itself was still rising when it stopped:`,
      chart: "Unpruned, minival accuracy by epoch, %",
      epoch: "epoch",
    },
    dead: {
      heading: "9. Weights that never speak",
      text: (dead: number, prunable: number) =>
        `${f.integer(dead)} of the ${f.integer(prunable)} prunable weights stand in the last layer's visual branch, behind the point where the answer is read. They get no gradient, and removing them costs nothing: ${f.share(dead / prunable)} of “sparsity” for free.`,
      chart: (dead: number, prunable: number) =>
        `${f.share(dead / prunable)} of the prunable weights never reach the answer`,
    },
  },
  measured: {
    heading: "The same, measured",
    text: "Our own runs. Solid: each mask is what its name says, has the exact count and is held in every step of retraining. Dashed: the study's own way, masks, labels and dense retraining as coded. Another network and another dataset than above: compare the shapes, not the heights. All of it is on the [leaderboard].",
    chart: (dataset: string, split: string) => `Measured by us: retrained accuracy on ${dataset}, ${split} split, %`,
    note: "Solid: mask held. Dashed: as coded. Mean and 95\u00a0% interval over seeds",
    asCoded: (method: string) => `${method}, as coded`,
    xTitle: "sparsity asked for, share of the prunable weights",
  },
  predictions: {
    heading: "Predictions, written down before running",
    text: "Judged on our own results by [the paired test], whichever way they fall. A prediction holds when it does at every sparsity that was measured.",
    table: "Predictions and verdicts",
    prediction: "Prediction",
    verdict: "Verdict",
    texts: auditTexts,
    statuses: auditStatuses,
    missing: "No published result can tell.",
    compared: (met: number, differences: readonly { target: number; difference: number }[], n: number) =>
      `As predicted at ${f.integer(met)} of ${f.integer(differences.length)} sparsities. Differences in points: ${differencesAt(differences)} (n = ${f.integer(n)}).`,
    answered: (changed: number, answers: number, n: number) =>
      `${f.integer(changed)} of ${f.integer(answers)} answers changed (n = ${f.integer(n)} networks).`,
  },
};
