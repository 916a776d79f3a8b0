import type { Result } from "./schema/result.ts";

/** A method as it was run: the same code with another scope, other parameters or another division is another line. */
export interface Variant {
  /** The method's id, followed by what sets this variant apart from the method's commonest one. */
  readonly id: string;
  readonly method: string;
  readonly title: string;
  readonly asCoded: boolean;
}

interface Settings {
  readonly scope: string;
  readonly division: string;
  /** The method this one is a control of, if it is one. */
  readonly of: string | null;
  /** What the study said that makes another ticket of the same method: who keeps how many, where it goes back to. */
  readonly study: readonly string[];
  readonly params: string;
}

/** The method a control is a control of: its mask shuffled, its ratios at random, its weights made new. */
export function controlledMethod(result: Result): string | null {
  const of = result.method?.params["of"];
  return typeof of === "string" ? of : null;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Settings of the study that are not its defaults; a study that repeats a published run has them by that alone. */
function studySettings({ division, pruning }: Result): string[] {
  if (division === "as-coded" || !pruning) return [];
  const { allocation, granularity, retraining, rewindStep } = pruning;
  const words: string[] = [];
  if (granularity !== "layer") words.push(granularity === "row" ? "by row" : granularity);
  if (typeof allocation === "object") {
    const shares = Object.entries(allocation).sort(([one], [other]) => (one < other ? -1 : 1));
    words.push(shares.map(([module, share]) => `${module} ${String(share)}`).join(", "));
  } else if (allocation !== "uniform") words.push(allocation);
  if (retraining === "dense") words.push("dense retraining");
  if (rewindStep > 0) words.push(`rewound to step ${String(rewindStep)}`);
  return words;
}

function settingsOf(result: Result): Settings {
  return {
    scope: result.scope,
    division: result.division,
    of: controlledMethod(result),
    study: studySettings(result),
    params: Object.entries(result.method?.params ?? {})
      .filter(([name, value]) => name !== "of" && !isEmpty(value))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", "),
  };
}

function commonest(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? "";
}

/** What a variant's settings add to the method's name. */
function additions(settings: Settings, usual: Settings): string[] {
  const words: string[] = settings.of === null ? [] : [`of ${settings.of}`];
  if (settings.division === "as-coded") words.push("as coded");
  else if (settings.division !== usual.division) words.push(settings.division);
  // The scope of a repeated study is part of what is repeated.
  if (settings.scope !== usual.scope && settings.division !== "as-coded") words.push(settings.scope);
  words.push(...settings.study);
  if (settings.params !== usual.params) words.push(settings.params === "" ? "default parameters" : settings.params);
  return words;
}

/** The variant of every ticket, by result id. Only results that are compared with each other should be given together. */
export function variantsOf(results: readonly Result[]): Map<string, Variant> {
  const tickets = results.filter((result) => result.method !== null);
  const usual: Settings = {
    scope: commonest(tickets.map((result) => result.scope)),
    division: "closed",
    of: null,
    study: [],
    params: "",
  };
  const usualParams = new Map<string, string>();
  for (const id of new Set(tickets.map((result) => result.method?.id ?? ""))) {
    const own = tickets.filter((result) => result.method?.id === id);
    usualParams.set(id, commonest(own.map((result) => settingsOf(result).params)));
  }
  const variants = new Map<string, Variant>();
  for (const result of tickets) {
    const method = result.method;
    if (!method) continue;
    const added = additions(settingsOf(result), { ...usual, params: usualParams.get(method.id) ?? "" });
    const suffix = added.map((words) => `~${words.toLowerCase().replace(/[^a-z0-9.]+/g, "-")}`).join("");
    // A title may say itself what sets its method apart.
    const unsaid = added.filter((words) => !method.title.includes(words));
    variants.set(result.id, {
      id: method.id + suffix,
      method: method.id,
      title: unsaid.length === 0 ? method.title : `${method.title} (${unsaid.join(", ")})`,
      asCoded: result.division === "as-coded",
    });
  }
  return variants;
}
