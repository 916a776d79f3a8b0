import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { BatchLoader, openVqaFolder, softScores } from "@ticketbench/data-vqa";
import { bestAnswers, disposeInput, initialise, Lxmert, lxmertConfig, Tokenizer } from "@ticketbench/model";
import { bertVocabulary } from "@ticketbench/model/node";
import { describe, expect, test } from "vitest";
import { inputOf } from "./evaluate.ts";

const shared = [process.env["TICKETBENCH_SHARED"], join(import.meta.dirname, "../../../../../shared")]
  .filter((folder) => folder !== undefined)
  .map((folder) => join(folder, "realdata"))
  .find((folder) => existsSync(folder));
if (shared === undefined)
  console.warn("skipped: no real data at shared/realdata, so no real image goes through the full-size network");

/** The official files of one image, in a folder of their own. */
function realFolder(real: string): string {
  const folder = mkdtempSync(join(tmpdir(), "ticketbench-real-"));
  for (const name of ["v2_OpenEnded_mscoco_train2014_questions", "v2_mscoco_train2014_annotations"]) {
    copyFileSync(join(real, "vqa-official-fixture", `${name}.458752.json`), join(folder, `${name}.json`));
  }
  copyFileSync(join(real, "lxmert-vocab", "vqa_trainval_label2ans.json"), join(folder, "trainval_label2ans.json"));
  const features = gunzipSync(readFileSync(join(real, "region-features", "COCO_train2014_458752_obj36.tsv.gz")));
  writeFileSync(join(folder, "train2014_obj36.tsv"), features);
  return folder;
}

describe.skipIf(shared === undefined)("the real image 458752", () => {
  test("goes with its four questions through reader, tokenizer and the full-size network", {
    timeout: 240_000,
  }, async () => {
    const folder = realFolder(shared as string);
    try {
      await openEngine("wasm");
      const dataset = await openVqaFolder(folder);
      const tokenizer = new Tokenizer(await bertVocabulary());
      const encode = (text: string): number[] => [
        tokenizer.idOf("[CLS]"),
        ...tokenizer.encode(text).slice(0, 18),
        tokenizer.idOf("[SEP]"),
      ];
      const loader = new BatchLoader(dataset, dataset.split("train2014"), { batchSize: 4, regions: 36, encode });
      const [batch] = [...loader.batches()];
      expect([batch!.size, dataset.featureWidth, dataset.answers.length]).toEqual([4, 2048, 3129]);
      const model = new Lxmert(lxmertConfig(), initialise(lxmertConfig(), 1));
      const input = inputOf(model, batch!);
      const logits = tf.tidy(() => model.forward(input, null).logits.dataSync<"float32">());
      expect(logits).toHaveLength(4 * 3129);
      expect(logits.every(Number.isFinite)).toBe(true);
      expect(new Set(logits.slice(0, 50)).size).toBeGreaterThan(40);
      const scores = softScores(loader.questions, bestAnswers(logits, 4));
      expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
      disposeInput(input);
      model.dispose();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
