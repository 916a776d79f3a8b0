import {
  checkRoles,
  generateMiniVqa,
  type ImageLeak,
  openOfficialFolder,
  openVqaFolder,
  type VqaDataset,
  type VqaSplit,
} from "@ticketbench/data-vqa";
import type { Training } from "../plan/cell.ts";

type DatasetSettings = Training["dataset"];

/** Width of the feature vector of a language-only model, which takes no image. */
const NO_FEATURES = 1;

const opened = new Map<string, Promise<VqaDataset>>();

/** The dataset that the settings name, opened once a process. Throws DataError where it cannot be had. */
export function openDataset(settings: DatasetSettings): Promise<VqaDataset> {
  const key = JSON.stringify(settings);
  const dataset = opened.get(key) ?? open(settings);
  opened.set(key, dataset);
  return dataset;
}

async function open(settings: DatasetSettings): Promise<VqaDataset> {
  if (settings.kind === "mini-vqa") return generateMiniVqa(settings);
  const { path, textOnly, train: trainingSplits } = settings;
  if (textOnly) return openOfficialFolder(path, { featureWidth: NO_FEATURES, trainingSplits });
  return await openVqaFolder(path, { trainingSplits });
}

/**
 * What training and evaluation share, pretraining included. Throws DataError where a split has two roles or its answers
 * are withheld.
 */
export function leaksOf(dataset: VqaDataset, settings: DatasetSettings, start?: Training["start"]): ImageLeak[] {
  const { train, selection, report } = settings;
  const pretraining = start !== undefined && "split" in start && !train.includes(start.split) ? [start.split] : [];
  return checkRoles(dataset, { training: [...pretraining, ...train], selection, reported: report });
}

/** The splits that are trained on, in the study's order. */
export function trainingSplits(dataset: VqaDataset, settings: DatasetSettings): VqaSplit[] {
  return settings.train.map((name) => dataset.split(name));
}

/** How many regions of an image are read. */
export function regionsRead(dataset: VqaDataset, settings: DatasetSettings): number {
  return settings.regions ?? dataset.defaultRegions;
}
