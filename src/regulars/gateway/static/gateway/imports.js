// The drop zone names the file that was chosen; a choice marked data-submits sends its form at once.

document.addEventListener("change", (event) => {
  if (event.target.matches(".dropzone input[type=file]")) name(event.target);
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    const zone = event.target.closest?.(".dropzone");
    zone?.toggleAttribute("data-over", type === "dragenter" || type === "dragover");
  });
}

function name(input) {
  const zone = input.closest(".dropzone");
  const file = input.files[0];
  if (!file) return;
  zone.querySelector(".dropzone__title").textContent = file.name;
  zone.querySelector(".dropzone__hint").textContent = new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit", unit: "megabyte", maximumFractionDigits: 1,
  }).format(Math.max(file.size / 1e6, 0.1));
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-uploads]")) event.target.querySelector("[type=submit]").setAttribute("aria-busy", "true");
});
