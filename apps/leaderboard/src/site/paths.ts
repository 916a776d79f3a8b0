/** The address of a page or file of this site, under whatever base path it is served. */
export function path(to: string): string {
  return import.meta.env.BASE_URL.replace(/\/$/, "") + to;
}

/** A sparsity as it stands in anchors: 0.5 -> "s50", 0.125 -> "s12-5". */
export function sparsityAnchor(target: number): string {
  return `s${String(Math.round(target * 1e4) / 100).replace(".", "-")}`;
}

/** Where the seeds of one method at one sparsity are listed. */
export function groupAddress(method: string, target: number): string {
  return `${path(`/methods/${method}/`)}#${sparsityAnchor(target)}`;
}
