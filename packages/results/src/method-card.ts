import { fileError, objectFrom, problemsOf } from "./parse.ts";
import { type MethodCards, methodCardsSchema } from "./schema/method-card.ts";

/**
 * The cards of the bench's methods, from JSON text or a parsed value.
 *
 * @throws ResultError naming the file and each wrong field
 */
export function parseMethodCards(json: unknown, fileName: string): MethodCards {
  const parsed = methodCardsSchema.safeParse(objectFrom(json, fileName));
  if (!parsed.success) throw fileError(fileName, problemsOf(parsed.error));
  return parsed.data;
}
