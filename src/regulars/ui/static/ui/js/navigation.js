// Remembers which groups of the navigation a person opened, and reports a server that did not answer.

const KEY = "navigation";
const read = () => JSON.parse(localStorage.getItem(KEY) ?? "{}");

for (const group of document.querySelectorAll(".nav__group")) {
  const remembered = read()[group.dataset.key];
  if (remembered !== undefined && !group.open) group.open = remembered;
  group.addEventListener("toggle", () => {
    localStorage.setItem(KEY, JSON.stringify({ ...read(), [group.dataset.key]: group.open }));
  });
}

for (const type of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(type, (event) => {
    if ([403, 404, 409, 422].includes(event.detail.xhr?.status)) return; // these bring their own toast
    const template = document.getElementById("toast-unreachable");
    document.getElementById("toasts")?.append(template.content.cloneNode(true));
  });
}
