// A scanner does not wait: the field stays where it is, is emptied as soon as its text is on the way, and gets the focus back.
// Alt with a digit takes the money and Alt with P prints the receipt, so that no hand has to leave the keyboard.

const entry = document.getElementById("till-entry");

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.closest("#till")) entry.value = "";
});

document.addEventListener("htmx:afterSwap", () => {
  if (document.activeElement === document.body && matchMedia("(pointer: fine)").matches) entry.focus({ preventScroll: true });
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

document.addEventListener("keydown", (event) => {
  const tender = event.altKey && document.querySelector(`#till [data-key="${event.code}"]`);
  if (!tender) return;
  event.preventDefault();
  tender.click();
});
