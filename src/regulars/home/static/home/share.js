// Lets a member send their invitation: with what the phone shares with, or by copying the link where it cannot.

for (const place of document.querySelectorAll("[data-share]")) offer(place);

function offer(place) {
  const link = place.querySelector("[data-share-link]");
  const told = place.querySelector("[data-share-told]");
  const share = place.querySelector("[data-share-with]");
  const copy = place.querySelector("[data-share-copy]");
  const what = { text: place.dataset.words, url: place.dataset.share };
  share.hidden = !navigator.share;
  copy.hidden = false;

  share.addEventListener("click", async () => {
    try {
      await navigator.share(what);
    } catch (refusal) {
      if (refusal.name !== "AbortError") await copied(); // whoever changes their mind wants nothing copied
    }
  });
  copy.addEventListener("click", copied);

  async function copied() {
    try {
      await navigator.clipboard.writeText(`${what.text} ${what.url}`);
      told.hidden = false;
    } catch {
      getSelection().selectAllChildren(link); // no clipboard without https: the member copies what is marked
    }
  }
}
