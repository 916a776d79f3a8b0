import {
  unpackPredictions,
  unpackTenths,
  type AnswerType,
  type DatasetCard,
  type PackedSymbols,
} from "@ticketbench/results";
import type { Scene } from "../charts/scene.ts";
import { RIGHT } from "./comparison.ts";

/** A dataset card with its answer types as words: unpacking those takes the whole schema, which a page need not load. */
export type QuestionFile = Pick<DatasetCard, "answers" | "questions" | "images" | "given" | "scenes"> & {
  readonly types: readonly AnswerType[];
};

/** What one evaluation answered: packed predictions and scores of every question. */
export interface AnswerRun {
  /** 0 for the dense network. */
  readonly target: number;
  readonly predictions: PackedSymbols;
  readonly scores: PackedSymbols;
}

/** The answers of one seed: the dense network and its tickets by one method, in one phase. */
export interface AnswerFile {
  readonly seed: number;
  readonly runs: readonly AnswerRun[];
}

export interface GivenAnswer {
  readonly target: number;
  readonly answer: string;
  /** 0 to 10. */
  readonly tenths: number;
}

export interface QuestionRow {
  readonly index: number;
  readonly text: string | null;
  readonly image: string | null;
  /** What the image shows, where the card says so. */
  readonly scene: Scene | null;
  readonly type: AnswerType;
  /** What annotators said, the commonest first. */
  readonly said: readonly (readonly [answer: string, people: number])[];
  readonly answers: readonly GivenAnswer[];
}

/** Which questions are shown. */
export interface QuestionFilter {
  readonly type: AnswerType | "all";
  /** `lost`: right when dense, wrong at `at`; `kept`: right in both; `won`: wrong when dense, right at `at`. */
  readonly change: "all" | "lost" | "kept" | "won";
  readonly at: number;
}

interface DecodedRun {
  readonly target: number;
  readonly predictions: ArrayLike<number>;
  readonly tenths: ArrayLike<number>;
}

/** Questions on a page of the list. */
export const QUESTIONS_A_PAGE = 20;

/** A card with the answers to its questions, decoded once and then filtered at will. */
export class Questions {
  private readonly card: QuestionFile;
  private readonly runs: readonly DecodedRun[];

  constructor(card: QuestionFile, file: AnswerFile) {
    this.card = card;
    this.runs = file.runs
      .map(({ target, predictions, scores }) => ({
        target,
        predictions: unpackPredictions(predictions),
        tenths: unpackTenths(scores),
      }))
      .sort((a, b) => a.target - b.target);
  }

  get count(): number {
    return this.card.types.length;
  }

  get targets(): number[] {
    return this.runs.map(({ target }) => target).filter((target) => target > 0);
  }

  private right(target: number, question: number): boolean {
    const run = this.runs.find((one) => one.target === target);
    return (run?.tenths[question] ?? 0) >= RIGHT;
  }

  /** Indices of the questions a filter lets through, in the dataset's order. */
  filter({ type, change, at }: QuestionFilter): number[] {
    return this.card.types.flatMap((own, question) => {
      if (type !== "all" && own !== type) return [];
      if (change === "all") return [question];
      const [before, after] = [this.right(0, question), this.right(at, question)];
      const seen = before ? (after ? "kept" : "lost") : after ? "won" : "never";
      return seen === change ? [question] : [];
    });
  }

  row(index: number): QuestionRow {
    const { questions, images, given, answers, scenes } = this.card;
    const image = images?.[index] ?? null;
    return {
      index,
      text: questions?.[index] ?? null,
      image,
      scene: (image === null ? undefined : scenes?.[image]) ?? null,
      type: this.card.types[index] ?? "other",
      said: Object.entries(given?.[index] ?? {}).sort((a, b) => b[1] - a[1]),
      answers: this.runs.map(({ target, predictions, tenths }) => ({
        target,
        answer: answers[predictions[index] ?? -1] ?? "?",
        tenths: tenths[index] ?? 0,
      })),
    };
  }
}
