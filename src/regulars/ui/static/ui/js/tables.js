// Selecting rows: the box in the head takes all, Shift takes a range, and the bar above says how many.

let last = null;

// An unanswered filter does not belong into the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.closest("[data-listing]") || event.detail.verb !== "get") return;
  const params = event.detail.formData ?? event.detail.parameters;
  for (const [key, value] of [...(params.entries?.() ?? [])]) if (value === "") params.delete(key);
});

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-select-row]");
  if (!box) return;
  const boxes = rows(box);
  if (event.shiftKey && last && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
  }
  last = box;
  count(box);
});

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-select-all]");
  if (!all) return;
  rows(all).forEach((box) => { box.checked = all.checked; });
  count(all);
});

function rows(element) {
  return [...element.closest("table").querySelectorAll("[data-select-row]")];
}

function count(element) {
  const boxes = rows(element);
  const chosen = boxes.filter((box) => box.checked).length;
  const all = element.closest("table").querySelector("[data-select-all]");
  if (all) {
    all.checked = chosen === boxes.length && chosen > 0;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  const bar = element.closest("[data-listing]")?.querySelector("[data-selection]");
  if (!bar) return;
  bar.hidden = chosen === 0;
  bar.querySelector("[data-selection-count]").textContent = chosen;
}
