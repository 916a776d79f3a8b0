import type { VqaDataset } from "@ticketbench/data-vqa";
import {
  type LxmertConfig,
  lxmertConfig,
  type MaskingVocabulary,
  PADDING_ID,
  Tokenizer,
  trainWordPiece,
} from "@ticketbench/model";
import { bertVocabulary, readSafetensorsHeader } from "@ticketbench/model/node";
import type { Training } from "../plan/cell.ts";
import { StudyError } from "../study/error.ts";
import { trainingSplits } from "./datasets.ts";

/** A network's sizes and how it reads text: what all cells of one training share. */
export interface Network {
  readonly config: LxmertConfig;
  /** Word pieces, an id each. */
  readonly vocabulary: readonly string[];
  /** Text to token ids with [CLS] and [SEP], cut to the study's length. */
  readonly encode: (text: string) => Int32Array;
  /** Which words pretraining masks, and with what. */
  readonly masking: MaskingVocabulary;
}

/** The network that a training's settings describe for a dataset. Throws StudyError where its checkpoint contradicts it. */
export async function describeNetwork(training: Training, dataset: VqaDataset): Promise<Network> {
  const { model, dataset: settings } = training;
  const vocabulary = await vocabularyOf(training, dataset);
  const tokenizer = new Tokenizer(vocabulary);
  const [first, last, mask] = [tokenizer.idOf("[CLS]"), tokenizer.idOf("[SEP]"), tokenizer.idOf("[MASK]")];
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
    vocabulary,
    encode: (text) => Int32Array.from([first, ...tokenizer.encode(text).slice(0, model.tokens - 2), last]),
    masking: { size: vocabulary.length, mask, special: new Set([PADDING_ID, first, last]) },
  };
}

/** The vocabulary a checkpoint brings along, BERT's, or one made from training text alone. */
async function vocabularyOf({ model, dataset: settings, start }: Training, dataset: VqaDataset): Promise<string[]> {
  if (start.kind === "checkpoint") {
    const brought = await broughtVocabulary(start.file, dataset);
    if (brought !== null) return brought;
  }
  if (model.vocabulary === "bert-base-uncased") return await bertVocabulary();
  return trainWordPiece(trainingTexts(dataset, settings, start), model.vocabulary);
}

/** What a checkpoint's header says about words and answers; null where it says nothing. */
async function broughtVocabulary(file: string, dataset: VqaDataset): Promise<string[] | null> {
  if (!file.endsWith(".safetensors")) return null;
  const { metadata } = await readSafetensorsHeader(file);
  const answers = metadata.get("answers");
  if (answers !== undefined && answers !== dataset.answers.join("\n"))
    throw new StudyError(
      `start.file: the answers of ${file} are not those of ${dataset.name}; pretrain on this dataset (start.kind: lxmert)`,
    );
  return metadata.get("vocabulary")?.split("\n") ?? null;
}

/** Sentences of every split that is trained on, pretraining's included. */
function trainingTexts(dataset: VqaDataset, settings: Training["dataset"], start: Training["start"]): string[] {
  const splits = trainingSplits(dataset, settings);
  if (start.kind === "pretrain" || start.kind === "lxmert") splits.push(dataset.split(start.split));
  const asked = splits.flatMap(({ questions }) => questions.map(({ text }) => text));
  if (start.kind !== "lxmert") return asked;
  const images = new Set(dataset.split(start.split).questions.map(({ imageId }) => imageId));
  return [...asked, ...[...images].flatMap((image) => dataset.captions(image))];
}
