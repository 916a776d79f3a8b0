/** The address of a page or file of this site, under whatever base path it is served. */
export function path(to: string): string {
  return import.meta.env.BASE_URL.replace(/\/$/, "") + to;
}

/** The method a variant belongs to: its id up to what sets the variant apart. */
export function methodOf(variant: string): string {
  return variant.split("~")[0] ?? variant;
}

/** Anchor of one sparsity of a variant in a track, on its method's page: "mini-s50", "mini-as-coded-s12-5". */
export function groupAnchor(track: string, variant: string, target: number): string {
  const suffix = variant.split("~").slice(1);
  const sparsity = `s${String(Math.round(target * 1e4) / 100).replace(".", "-")}`;
  return [track, ...suffix, sparsity].join("-");
}

/** Where the seeds of one variant at one sparsity are listed. */
export function groupAddress(track: string, variant: string, target: number): string {
  return `${path(`/methods/${methodOf(variant)}/`)}#${groupAnchor(track, variant, target)}`;
}
