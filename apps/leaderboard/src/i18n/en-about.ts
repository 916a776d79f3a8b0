export const enAbout = {
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
        "A point is the mean over seeds, each with its own fine-tuning; its band is the 95 % t interval. One seed has no band, and n is always shown.",
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

export type About = typeof enAbout;
