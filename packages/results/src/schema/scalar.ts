import { z } from "zod";

/** Accuracy, sparsity and every other share is a fraction; percent exists only where people read it. */
export const fraction = z
  .number()
  .min(0)
  .max(1, { error: (issue) => `${String(issue.input)} is above 1: expected a fraction from 0 to 1, not percent` });

/** A number of things. */
export const count = z.int().min(0);
/** A duration, in seconds. */
export const seconds = z.number().min(0);
/** A quantity in the unit that its field names. */
export const amount = z.number().min(0);

/** A fingerprint, of which 16 digits tell files apart and 64 are a whole SHA-256. */
export const hash = z.string().regex(/^[0-9a-f]{16,64}$/, "expected a hash of 16 to 64 hexadecimal digits");

/** Titles and names: shown to people, and never trusted as markup. */
export const label = z.string().min(1).max(300);

/** No dataset comes near; a file that claims more is not unpacked. */
const mostQuestions = 10_000_000;

/** A value packed by `packSymbols`. */
export const packedSymbols = z
  .strictObject({
    symbols: z
      .array(count)
      .max(65_536)
      .refine(
        (symbols) => symbols.every((symbol, i) => i === 0 || symbol > (symbols[i - 1] ?? 0)),
        "expected ascending",
      ),
    counts: z.array(z.int().min(1)),
    data: z.base64(),
  })
  .refine(
    ({ counts }) => counts.reduce((sum, n) => sum + n, 0) <= mostQuestions,
    `more than ${mostQuestions} questions`,
  );

/** Scores of questions packed by `packSymbols`, in tenths of a point. */
export const packedScores = packedSymbols.refine(
  ({ symbols }) => symbols.every((tenth) => tenth <= 10),
  "expected scores in tenths, 0 to 10",
);
