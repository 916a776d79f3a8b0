import "./theme-button.ts";

/** On a phone the links run out of sight: the current page's comes into view. */
const current = document.querySelector("nav a[aria-current]");
const row = current?.closest("ul");
if (current && row) {
  const [link, all] = [current.getBoundingClientRect(), row.getBoundingClientRect()];
  if (link.left < all.left || link.right > all.right)
    row.scrollLeft += link.left + link.width / 2 - all.left - all.width / 2;
}
