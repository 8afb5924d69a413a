// One key goes to the element that names it: data-shortcut="/".

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable], dialog[open]")) return;
  const target = [...document.querySelectorAll("[data-shortcut]")].find((element) => element.dataset.shortcut === event.key);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
});
