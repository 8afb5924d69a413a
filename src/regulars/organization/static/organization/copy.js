// A button that copies the field before it: for secrets that are shown once.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  await navigator.clipboard.writeText(field.value);
  button.querySelector(".btn__label").textContent = button.dataset.copied;
});
