import type { ReportedFlag } from "@ticketbench/results";
import { reportedFlags } from "@ticketbench/results";
import type { ThesisMethodId } from "../audit/thesis.ts";
import type { PredictionId, Status } from "../audit/predictions.ts";
import type { Phase } from "../board/board.ts";
import { formatFor, type Language } from "./format.ts";

const f = formatFor("en");

const methods: Record<ThesisMethodId, string> = {
  "thesis-low": "Low magnitude",
  "thesis-random": "Random",
  "thesis-high": "“High magnitude”",
};
const phases: Record<Phase, string> = { pruned: "pruned", rewound: "reset", retrained: "retrained" };
const flags: Record<ReportedFlag, string> = reportedFlags;
const statuses: Record<Status, string> = {
  holds: "holds",
  fails: "fails",
  undecided: "undecided",
  "not measured yet": "not measured yet",
};
const texts: Record<PredictionId, string> = {
  P1: "With the mask held, accuracy after retraining at 50 % and more lies below the original's curve, whose weights grew back.",
  P2: "A mask that truly removes the largest weights is far worse than a random one, at every sparsity.",
  P3: "Removing 10 % of the weight matrices by magnitude costs less than a point, without retraining.",
  P4: "Choosing over the whole network differs from choosing layer by layer.",
  P5: "Training, pruning and rewinding in rounds beats removing the same share at once, at 60 % and more.",
  P6: "The 7.09 million weights of the last layer that never reach the answer can go without changing any answer.",
};

export const enAudit = {
  language: "en" as Language,
  pageTitle: "Audit: what the LXMERT pruning thesis reported, and what its files show | TicketBench",
  description:
    "The 2021 study of pruning LXMERT, redrawn from its raw numbers, with each fault explained: masks that did not hold, mislabelled sparsities, copied seeds. And six predictions with verdicts.",
  title: "The audit",
  lead: "In 2021 a bachelor thesis asked whether LXMERT holds a winning ticket: a sparse part that, trained alone from the same start, does as well as the whole. This site began as its re-test. Its figures are redrawn here from its raw result files; then, one by one, what its code did instead of what its text says. Nothing here is measured by us unless it says so, and reported numbers never enter the leaderboard.",
  missing: "The reported numbers are not among the published results of this copy.",
  methods,
  phases,
  flags,
  unpruned: "unpruned",
  floor: "always one answer",
  floorShort: "one answer",
  xTitle: "sparsity, as labelled",
  redrawn: "Redrawn from the raw numbers of the study. The table under it says the same.",
  twin: {
    language: "en" as Language,
    summary: "The same, as a table",
    curve: "Curve",
    value: "Value, %",
    interval: "95 % interval",
  },
  method: "Method",
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
      `Seed 1, accuracy in percent. ${names.join("; ")}. The three “pruned” bars of a panel are equal to the last digit:`,
    link: "one score under three names",
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
    text: "Our own runs. Solid: each mask is what its name says, has the exact count and is held in every step of retraining. Dashed: the study's own way, masks, labels and dense retraining as coded. Another network and another dataset than above: compare the shapes, not the heights. All of it is on the",
    link: "leaderboard",
    chart: (dataset: string, split: string) => `Measured by us: retrained accuracy on ${dataset}, ${split} split, %`,
    note: "Solid: mask held. Dashed: as coded. Mean and 95 % interval over seeds",
    asCoded: (method: string) => `${method}, as coded`,
    xTitle: "sparsity asked for, share of the prunable weights",
  },
  predictions: {
    heading: "Predictions, written down before running",
    judgedBy: "Judged on our own results by",
    test: "the paired test",
    text: "whichever way they fall. A prediction holds when it does at every sparsity that was measured.",
    table: "Predictions and verdicts",
    prediction: "Prediction",
    verdict: "Verdict",
    texts,
    statuses,
    missing: "No published result can tell.",
    compared: (met: number, differences: readonly { target: number; difference: number }[], n: number) =>
      `As predicted at ${f.integer(met)} of ${f.integer(differences.length)} sparsities. Differences in points: ${differences.map(({ target, difference }) => `${f.share(target)}: ${f.difference(difference)}`).join(", ")} (n = ${f.integer(n)}).`,
    answered: (changed: number, answers: number, n: number) =>
      `${f.integer(changed)} of ${f.integer(answers)} answers changed (n = ${f.integer(n)} networks).`,
  },
};

export type Audit = typeof enAudit;
