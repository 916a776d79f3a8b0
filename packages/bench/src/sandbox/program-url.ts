/** The module of the sandboxed experiment, told where methods lie that do not ship, by name. */
export function sandboxProgram(methods: Readonly<Record<string, string>> = {}): string {
  const url = new URL("./program.ts", import.meta.url);
  url.search = new URLSearchParams(methods).toString();
  return url.href;
}
