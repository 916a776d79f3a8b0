import type { VqaDataset } from "@ticketbench/data-vqa";
import { type LxmertConfig, lxmertConfig, Tokenizer, trainWordPiece } from "@ticketbench/model";
import { bertVocabulary } from "@ticketbench/model/node";
import type { Training } from "../plan/cell.ts";
import { trainingSplits } from "./datasets.ts";

/** A network's sizes and how it reads text: what all cells of one training share. */
export interface Network {
  readonly config: LxmertConfig;
  /** Text to token ids with [CLS] and [SEP], cut to the study's length. */
  readonly encode: (text: string) => Int32Array;
}

/** The network that a training's settings describe for a dataset. The vocabulary comes from training text alone. */
export async function describeNetwork(
  { model, dataset: settings, start }: Training,
  dataset: VqaDataset,
): Promise<Network> {
  const texts = trainingTexts(dataset, settings, start);
  const vocabulary =
    model.vocabulary === "bert-base-uncased" ? await bertVocabulary() : trainWordPiece(texts, model.vocabulary);
  const tokenizer = new Tokenizer(vocabulary);
  const [first, last] = [tokenizer.idOf("[CLS]"), tokenizer.idOf("[SEP]")];
  const config = lxmertConfig({
    hidden: model.hidden,
    heads: model.heads,
    intermediate: model.intermediate,
    layers: model.layers,
    dropout: model.dropout,
    initialDeviation: model.initialDeviation,
    vocabulary: vocabulary.length,
    positions: model.tokens,
    featureWidth: dataset.featureWidth,
    answers: dataset.answers.length,
    languageOnly: settings.kind === "folder" && settings.textOnly,
  });
  return {
    config,
    encode: (text) => Int32Array.from([first, ...tokenizer.encode(text).slice(0, model.tokens - 2), last]),
  };
}

/** Questions of every split that is trained on, pretraining's included. */
function trainingTexts(dataset: VqaDataset, settings: Training["dataset"], start: Training["start"]): string[] {
  const splits = trainingSplits(dataset, settings);
  if (start.kind === "pretrain") splits.push(dataset.split(start.split));
  return splits.flatMap(({ questions }) => questions.map(({ text }) => text));
}
