/** On a narrow screen the column that orders the table may be out of sight: it comes into view, the page stays. */
export function showSorted(home: HTMLElement): void {
  const column = home.querySelector("th[aria-sort]")?.getBoundingClientRect();
  const pinned = home.querySelector("th.pinned")?.getBoundingClientRect();
  const box = home.getBoundingClientRect();
  if (!column || !pinned || home.scrollWidth <= home.clientWidth) return;
  const rightToLeft = pinned.right > column.right;
  const [left, right] = rightToLeft ? [box.left, pinned.left] : [pinned.right, box.right];
  if (column.left < left || column.right > right) home.scrollLeft += (column.left + column.right - left - right) / 2;
}

/** The same when the table first comes near, so that the page need not be laid out for it at once. */
export function showSortedLater(home: HTMLElement): void {
  new IntersectionObserver(([entry], observer) => {
    if (!entry?.isIntersecting) return;
    observer.disconnect();
    showSorted(home);
  }).observe(home);
}
