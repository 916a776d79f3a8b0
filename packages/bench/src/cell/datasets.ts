import { statSync } from "node:fs";
import { generateMiniVqa, openOfficialFolder, type VqaDataset, type VqaSplit } from "@ticketbench/data-vqa";
import type { Training } from "../plan/cell.ts";

type DatasetSettings = Training["dataset"];

const opened = new Map<string, VqaDataset>();

/** The dataset that the settings name, opened once a process. Throws DataError where it cannot be had. */
export function openDataset(settings: DatasetSettings): VqaDataset {
  const key = JSON.stringify(settings);
  const known = opened.get(key);
  if (known !== undefined) return known;
  const dataset = settings.kind === "mini-vqa" ? generateMiniVqa(settings) : openFolder(settings);
  opened.set(key, dataset);
  return dataset;
}

function openFolder(settings: Extract<DatasetSettings, { kind: "folder" }>): VqaDataset {
  statSync(settings.path, { throwIfNoEntry: false });
  return openOfficialFolder(settings.path, { featureWidth: 1, trainingSplits: settings.train });
}

/** The splits that are trained on, in the study's order. */
export function trainingSplits(dataset: VqaDataset, settings: DatasetSettings): VqaSplit[] {
  return settings.train.map((name) => dataset.split(name));
}

/** How many regions of an image are read. */
export function regionsRead(dataset: VqaDataset, settings: DatasetSettings): number {
  return settings.regions ?? dataset.defaultRegions;
}
