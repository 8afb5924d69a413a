// Switches the theme without a round trip; the form it listens to works without it.

const root = document.documentElement;

function apply(theme) {
  root.dataset.theme = theme;
  document.cookie = `theme=${theme}; max-age=31536000; path=/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  for (const button of document.querySelectorAll("[data-theme-form] [name=theme]")) {
    button.toggleAttribute("aria-current", false);
    if (button.value === theme) button.setAttribute("aria-current", "true");
  }
  document.dispatchEvent(new CustomEvent("theme:changed"));
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  apply(event.submitter.value);
  event.target.hidePopover?.();
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (root.dataset.theme === "system") document.dispatchEvent(new CustomEvent("theme:changed"));
});
