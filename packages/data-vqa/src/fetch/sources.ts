import { z } from "zod";

const sourceFile = z.object({
  /** Where the file goes, relative to the dataset's folder. */
  name: z.string().regex(/^(?!\/)(?!.*\.\.)[\w./-]+$/),
  /** Mirrors, the preferred first. */
  urls: z.array(z.url({ protocol: /^https?$/ })).min(1),
  /** Size where it is known; null where the server is to be believed. */
  bytes: z.int().positive().nullable(),
  /** Lower-case hex; null where nobody published it: then it is recorded on first use and held to from then on. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
export type SourceFile = z.infer<typeof sourceFile>;

/** A dataset as a list of downloads. The licence is for people: it is shown before anything is fetched. */
export const sourceManifest = z.object({
  name: z.string(),
  licence: z.string(),
  files: z.array(sourceFile).min(1),
});
export type SourceManifest = z.infer<typeof sourceManifest>;

const unknown = { bytes: null, sha256: null };

function vqa(file: string): SourceFile {
  const urls = ["https://s3.amazonaws.com/cvmlp", "https://cvmlp.s3.amazonaws.com"].map(
    (host) => `${host}/vqa/mscoco/vqa/${file}`,
  );
  return { name: file, urls, ...unknown };
}

function lxmert(path: string): SourceFile {
  const urls = ["https://nlp.cs.unc.edu", "https://nlp1.cs.unc.edu"].map((host) => `${host}/data/lxmert_data/${path}`);
  return { name: path.split("/").at(-1) ?? path, urls, ...unknown };
}

/** VQA v2's questions and annotations, LXMERT's splits of them, its answers and its region features. */
export const VQA_V2: SourceManifest = {
  name: "vqa-v2",
  licence:
    "VQA v2: CC BY 4.0 (visualqa.org). Features: computed by the authors of LXMERT from COCO images, whose own terms apply (cocodataset.org).",
  files: [
    ...["Questions_Train", "Questions_Val", "Questions_Test", "Annotations_Train", "Annotations_Val"].map((part) =>
      vqa(`v2_${part}_mscoco.zip`),
    ),
    ...["train", "nominival", "minival", "test"].map((split) => lxmert(`vqa/${split}.json`)),
    {
      name: "trainval_label2ans.json",
      urls: ["https://raw.githubusercontent.com/airsplay/lxmert/master/data/vqa/trainval_label2ans.json"],
      ...unknown,
    },
    ...["train2014", "val2014", "test2015"].map((set) => lxmert(`mscoco_imgfeat/${set}_obj36.zip`)),
  ],
};

/** What can be fetched by name. */
export const SOURCES: Readonly<Record<string, SourceManifest>> = { [VQA_V2.name]: VQA_V2 };
