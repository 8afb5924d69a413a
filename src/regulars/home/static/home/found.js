// Arrow keys walk from the question through what was found, and back.

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const question = document.querySelector(".found__ask input");
  const hits = [...document.querySelectorAll("[data-hit]")];
  const at = hits.indexOf(document.activeElement);
  if (at < 0 && document.activeElement !== question) return;
  event.preventDefault();
  const next = at + (event.key === "ArrowDown" ? 1 : -1);
  (next < 0 ? question : hits[Math.min(next, hits.length - 1)])?.focus();
});
