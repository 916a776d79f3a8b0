// Runs before the first paint: the chosen theme without a flash, and the sign that scripts work.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // A browser that forbids storage keeps the system's theme.
  }
})();
