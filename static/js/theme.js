// Light or dark: follows the system until the reader fixes it. The cookie lets the server draw it right at once.
const root = document.documentElement;

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function name(button) {
  button.textContent = isDark() ? button.dataset.toLight : button.dataset.toDark;
}

export function startTheme() {
  const buttons = document.querySelectorAll("[data-theme-switch]");
  buttons.forEach((button) => { button.hidden = false; name(button); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    root.dataset.theme = isDark() ? "light" : "dark";
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax${secure}`;
    document.querySelectorAll("[data-theme-switch]").forEach(name);
  });
}
