// The combobox pattern of the ARIA authoring practices: type to narrow, arrows to walk, Enter to take, Escape to leave.

const lists = new WeakMap();

function parts(element) {
  const root = element.closest("[data-combobox]");
  return root && {
    root,
    input: root.querySelector("[role=combobox]"),
    list: root.querySelector("[role=listbox]"),
    value: root.querySelector("[data-combobox-value]"),
  };
}

const shown = (list) => [...list.querySelectorAll("[role=option]:not([hidden])")];

function open(box, isOpen) {
  box.list.hidden = !isOpen;
  box.input.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) mark(box, null);
}

function mark(box, option) {
  for (const each of box.list.querySelectorAll("[data-active]")) delete each.dataset.active;
  box.input.removeAttribute("aria-activedescendant");
  if (!option) return;
  option.id ||= `${box.list.id}-${[...box.list.children].indexOf(option)}`;
  option.dataset.active = "";
  box.input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function take(box, option) {
  for (const each of box.list.querySelectorAll("[role=option]")) each.setAttribute("aria-selected", String(each === option));
  box.value.value = option.dataset.value;
  box.input.value = option.textContent.trim();
  lists.set(box.root, box.input.value);
  box.value.dispatchEvent(new Event("change", { bubbles: true }));
  open(box, false);
}

function narrow(box) {
  if (box.input.hasAttribute("hx-get")) return;
  const words = box.input.value.trim().toLowerCase();
  for (const option of box.list.querySelectorAll("[role=option]")) {
    option.hidden = words !== "" && !option.textContent.toLowerCase().includes(words);
  }
}

document.addEventListener("input", (event) => {
  const box = parts(event.target);
  if (!box) return;
  if (box.input.value === "") box.value.value = "";
  narrow(box);
  open(box, true);
});

document.addEventListener("focusin", (event) => {
  const box = event.target.matches("[role=combobox]") && parts(event.target);
  if (box && !lists.has(box.root)) lists.set(box.root, box.input.value);
});

document.addEventListener("click", (event) => {
  for (const list of document.querySelectorAll(".combobox__list:not([hidden])")) {
    if (!list.closest("[data-combobox]").contains(event.target)) open(parts(list), false);
  }
  const box = parts(event.target);
  if (!box) return;
  const option = event.target.closest("[role=option]");
  if (option) return take(box, option);
  for (const each of box.list.children) each.hidden = false;
  open(box, true);
});

document.addEventListener("focusout", (event) => {
  const box = event.target.matches("[role=combobox]") && parts(event.target);
  if (!box) return;
  setTimeout(() => {
    if (box.root.contains(document.activeElement)) return;
    open(box, false);
    if (box.value.value) box.input.value = lists.get(box.root) ?? box.input.value; // a half-typed word is no choice
  }, 150);
});

document.addEventListener("keydown", (event) => {
  const box = event.target.matches("[role=combobox]") && parts(event.target);
  if (!box) return;
  const options = shown(box.list);
  const active = box.list.querySelector("[data-active]");
  if (event.key === "Escape") return open(box, false);
  if (event.key === "Enter" && active) {
    event.preventDefault();
    return take(box, active);
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  open(box, true);
  const step = event.key === "ArrowDown" ? 1 : -1;
  mark(box, options[(options.indexOf(active) + step + options.length) % options.length]);
});
