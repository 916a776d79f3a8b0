/** What a method needs beside the weights, in words. */
export function wordsOfNeed(need: string): string {
  return need === "method" ? "another method's mask" : need;
}
