import { StudyError } from "../study/error.ts";
import type { PlannedCell } from "./cell.ts";

/** One of `count` parts of a plan, numbered from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** "2/5" as a shard; throws StudyError for anything else. */
export function parseShard(text: string): Shard {
  const [index = 0, count = 0] = /^\d{1,6}\/\d{1,6}$/.test(text) ? text.split("/").map(Number) : [];
  if (index < 1 || index > count)
    throw new StudyError(`--shard ${text}: expected a part and a number of parts, such as 2/5`);
  return { index, count };
}

/** Whether a cell belongs to a shard. Its id alone decides, so that another order or a larger plan moves no cell. */
export function inShard({ index, count }: Shard): (cell: Pick<PlannedCell, "id">) => boolean {
  return ({ id }) => Number.parseInt(id.slice(0, 12), 16) % count === index - 1;
}
