/** A command line as the user would write it: those who came through the repository's npm script go on through it. */
export function asCalled(line: string, script = process.env.npm_lifecycle_event): string {
  return script === "ticketbench" ? line.replace(/(^|&& )ticketbench /, "$1npm run ticketbench -- ") : line;
}
