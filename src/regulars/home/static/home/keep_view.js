// Keeps the list as it stands now: filters change the address without loading the page anew.

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-this-query]")) return;
  const params = new URLSearchParams(location.search);
  for (const key of ["cursor", "export"]) params.delete(key);
  event.target.elements.query.value = params.toString();
});
