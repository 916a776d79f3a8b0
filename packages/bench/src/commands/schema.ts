import { studyJsonSchema } from "../study/study.ts";

/** `ticketbench schema`: the JSON Schema of studies on standard output. */
export function schema(): void {
  console.log(JSON.stringify(studyJsonSchema(), null, 2));
}
