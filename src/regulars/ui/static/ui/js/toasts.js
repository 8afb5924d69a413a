// Takes toasts away: on demand, or by themselves after a while unless they report an error.

const STAYS_MS = 6000;
const list = document.getElementById("toasts");

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismisses]")?.closest(".toast")?.remove();
});

function expire(toast) {
  if (toast.dataset.level === "error") return;
  setTimeout(() => (toast.matches(":hover, :focus-within") ? expire(toast) : toast.remove()), STAYS_MS);
}

if (list) {
  list.querySelectorAll(".toast").forEach(expire);
  new MutationObserver((changes) => {
    for (const change of changes) change.addedNodes.forEach((node) => node instanceof Element && expire(node));
  }).observe(list, { childList: true });
}
