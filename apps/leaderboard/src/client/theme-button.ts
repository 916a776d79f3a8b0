const ORDER = ["auto", "light", "dark"] as const;
type Theme = (typeof ORDER)[number];

const button = document.querySelector<HTMLButtonElement>("#theme");

function current(): Theme {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : "auto";
}

function describe(): void {
  const words = button?.dataset[current()] ?? "";
  button?.setAttribute("aria-label", words);
  if (button) button.title = words;
}

/** Goes round: as the system, light, dark. The choice outlives the visit where the browser allows it. */
function next(): void {
  const theme = ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length] ?? "auto";
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Storage is forbidden: the choice holds for this page.
  }
  describe();
}

button?.addEventListener("click", next);
describe();
