import "./theme-button.ts";

/** On a phone the links run out of sight: the current page's comes into view, without a layout of its own. */
const current = document.querySelector("nav a[aria-current]");
const row = current?.closest("ul");
if (current && row) {
  const observer = new IntersectionObserver(
    ([entry]) => {
      observer.disconnect();
      if (!entry?.rootBounds || entry.intersectionRatio > 0.99) return;
      const { boundingClientRect: link, rootBounds: all } = entry;
      row.scrollLeft += link.left + link.width / 2 - all.left - all.width / 2;
    },
    { root: row },
  );
  observer.observe(current);
}
