import type { Answers, Phase, Tier } from "../board/board.ts";
import type { Axis } from "../board/state.ts";
import type { Claim } from "../board/claim.ts";
import { formatFor, type Language } from "./format.ts";

const f = formatFor("en");

const phases: Record<Phase, string> = { pruned: "pruning", rewound: "rewinding", retrained: "retraining" };
const phaseNames: Record<Phase, string> = { pruned: "Pruned", rewound: "Rewound", retrained: "Retrained" };
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

export const en = {
  language: "en" as Language,
  direction: "ltr" as "ltr" | "rtl",
  name: "English",
  site: "TicketBench",
  skip: "Skip to the content",
  nav: {
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
  },
  mainNavigation: "Main",
  theme: { label: "Colours", auto: "as the system", light: "light", dark: "dark" },
  footer:
    "An open benchmark of pruning methods on a vision-and-language network. Every number links to the file it comes from.",
  board: {
    title: "How much of a vision-and-language network can you throw away?",
    pageTitle: "TicketBench: how much of LXMERT can be pruned?",
    description:
      "A leaderboard of pruning methods for LXMERT on visual question answering: accuracy against sparsity, with intervals, paired tests and every number behind it.",
    noResults: "No results yet",
    noResultsHelp:
      "There is nothing to draw: the results folder is empty. Run a study and build the site on its output:",
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
    phaseNames,
    answers,
    axes,
    axisTitles,
    tiers,
    dense: "dense",
    floor: "always one answer",
    floorShort: "one answer",
    caption: (dataset: string, split: string) => `Accuracy on ${dataset}, ${split} split, %`,
    captionNote: (questions: number) => `${f.integer(questions)} questions; mean and 95 % interval over seeds`,
    chartDescription: (methods: number, points: number) =>
      `${f.integer(methods)} methods, ${f.integer(points)} points. Each point is a link; arrow keys move between points, [ and ] begin and end the part of the axis in view at one. The table below says the same.`,
    spoken: (method: string, share: string, accuracy: string, interval: string | null, n: number) =>
      `${method}, ${share}: ${accuracy}${interval === null ? "" : ` (95 % interval ${interval})`}, n = ${f.integer(n)}`,
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
      "Accuracy in percent, ± half of the 95 % interval over n seeds (none for n = 1). Methods that the paired test over questions cannot tell apart share a rank (=); ranks count the methods out of view too, and need three seeds. Choose a sparsity to order by it. Under a method: the mean time one of its results took to make.",
    costEach: (time: string) => `${time} a result`,
    seedTable: {
      title: "Every seed, with what it cost",
      elsewhere: "Every seed, with what it cost, is a row of",
      elsewhereLink: "the results",
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
  },
  notFound: {
    title: "Nothing here",
    text: "This address leads nowhere. It may have been a result that was given another id; the list of results has them all.",
    home: "To the leaderboard",
    cells: "To the results",
  },
};

export type Strings = typeof en;
