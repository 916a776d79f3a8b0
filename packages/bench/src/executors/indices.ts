import { StudyError } from "../study/error.ts";

/** Ascending whole numbers as schedulers write them: 3,7,12-15. */
export function writeIndices(indices: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < indices.length; ) {
    let end = at;
    while (indices[end + 1] === (indices[end] as number) + 1) end++;
    parts.push(end === at ? `${indices[at]}` : `${indices[at]}-${indices[end]}`);
    at = end + 1;
  }
  return parts.join(",");
}

/** The numbers that "3,7,12-15" stands for; throws StudyError for anything else. */
export function readIndices(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || last - first > 1e6) {
      throw new StudyError(`"${part}": expected numbers such as 3,7,12-15`);
    }
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
