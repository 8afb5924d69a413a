// Opens dialogs (data-opens="id"), closes them (data-closes), and puts popovers beside the button that opened them.

const GAP = 6;
const EDGE = 12;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && isOutside(event)) event.target.close();
  const item = event.target.closest(".menu .menu__item:not([type=submit])");
  if (item && !item.hasAttribute("data-stays")) item.closest("[popover]")?.hidePopover();
});

function isOutside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

// `toggle` does not bubble, hence the capturing listener; it also hears popovers that htmx brings later.
document.addEventListener("beforetoggle", (event) => {
  if (event.newState === "open" && event.target.matches("[popover]")) requestAnimationFrame(() => place(event.target));
}, true);

function place(popover) {
  const opener = document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);
  if (!opener) return;
  const anchor = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const endAligned = popover.classList.contains("menu--end") || anchor.left + width > innerWidth - EDGE;
  const left = endAligned ? anchor.right - width : anchor.left;
  const below = anchor.bottom + GAP;
  const top = below + height > innerHeight - EDGE && anchor.top - GAP - height > EDGE ? anchor.top - GAP - height : below;
  popover.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  popover.style.top = `${top}px`;
}

for (const type of ["scroll", "resize"]) {
  addEventListener(type, (event) => {
    for (const popover of document.querySelectorAll("[popover]:popover-open")) {
      if (!(event.target instanceof Node) || !popover.contains(event.target)) place(popover);
    }
  }, { capture: true, passive: true });
}

// Arrow keys walk through an open menu.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = document.querySelector(".menu:popover-open");
  if (!menu || event.target.matches("input, select, textarea")) return;
  const items = [...menu.querySelectorAll(".menu__item")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  const next = (items.indexOf(document.activeElement) + step + items.length) % items.length;
  items[next]?.focus();
  event.preventDefault();
});
