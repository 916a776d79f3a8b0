import { z } from "zod";

const insideFolder = z.string().regex(/^(?!\/)(?!.*\.\.)[\w./-]+$/, "expected a path inside the folder, without ..");

const sourceFile = z.strictObject({
  /** Where the file goes, relative to the dataset's folder. */
  name: insideFolder,
  /** Mirrors, the preferred first. */
  urls: z.array(z.url({ protocol: /^https?$/, error: "expected an address that begins with http" })).min(1),
  /** Size where it is known; null where the server is to be believed. */
  bytes: z.int().positive().nullable().default(null),
  /** Lower-case hex; null where nobody published it: then it is recorded on first use and held to from then on. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits, in small letters")
    .nullable()
    .default(null),
  /** What an archive unpacks to, so that one unpacked by hand is known. */
  holds: z.array(insideFolder).min(1).optional(),
});
export type SourceFile = z.infer<typeof sourceFile>;

/** A dataset as a list of downloads. The licence is for people: it is shown before anything is fetched. */
export const sourceManifest = z.strictObject({
  name: z.string().min(1),
  licence: z.string(),
  files: z.array(sourceFile).min(1),
});
export type SourceManifest = z.infer<typeof sourceManifest>;

const unknown = { bytes: null, sha256: null };

function vqa(file: string, ...holds: string[]): SourceFile {
  const urls = ["https://s3.amazonaws.com/cvmlp", "https://cvmlp.s3.amazonaws.com"].map(
    (host) => `${host}/vqa/mscoco/vqa/${file}`,
  );
  return { name: file, urls, holds, ...unknown };
}

function questions(set: string): string {
  return `v2_OpenEnded_mscoco_${set}_questions.json`;
}

function lxmert(path: string): SourceFile {
  const urls = ["https://nlp.cs.unc.edu", "https://nlp1.cs.unc.edu"].map((host) => `${host}/data/lxmert_data/${path}`);
  return { name: path.split("/").at(-1) ?? path, urls, ...unknown };
}

/** VQA v2's questions and annotations, LXMERT's splits of them, its answers and its region features. */
const VQA_V2: SourceManifest = {
  name: "vqa-v2",
  licence:
    "VQA v2: CC BY 4.0 (visualqa.org). Features: computed by the authors of LXMERT from COCO images, whose own terms apply (cocodataset.org).",
  files: [
    vqa("v2_Questions_Train_mscoco.zip", questions("train2014")),
    vqa("v2_Questions_Val_mscoco.zip", questions("val2014")),
    vqa("v2_Questions_Test_mscoco.zip", questions("test2015"), questions("test-dev2015")),
    vqa("v2_Annotations_Train_mscoco.zip", "v2_mscoco_train2014_annotations.json"),
    vqa("v2_Annotations_Val_mscoco.zip", "v2_mscoco_val2014_annotations.json"),
    ...["train", "nominival", "minival", "test"].map((split) => lxmert(`vqa/${split}.json`)),
    {
      name: "trainval_label2ans.json",
      urls: ["https://raw.githubusercontent.com/airsplay/lxmert/master/data/vqa/trainval_label2ans.json"],
      ...unknown,
    },
    ...["train2014", "val2014", "test2015"].map((set) => ({
      ...lxmert(`mscoco_imgfeat/${set}_obj36.zip`),
      holds: [`${set}_obj36.tsv`],
    })),
  ],
};

/** What can be fetched by name. */
export const SOURCES: Readonly<Record<string, SourceManifest>> = { [VQA_V2.name]: VQA_V2 };
