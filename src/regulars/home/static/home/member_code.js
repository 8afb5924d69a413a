// Keeps the member's code fresh: each half minute its own, some minutes ahead, so that a phone without a connection still has one.
// The server's clock counts, not the phone's.

const STEP = 30;
const LEFT_LOW = 10; // codes ahead at which more are fetched
const RETRY_MS = 15_000;

const place = document.querySelector("[data-member-code]");
if (place) keep(place);

function keep(place) {
  const dots = place.querySelector(".qr__dots");
  const bar = place.querySelector("progress");
  let ahead = new Map();
  let offset = 0; // of the server's clock, in milliseconds
  let triedAt = -RETRY_MS;

  const seconds = () => (Date.now() + offset) / 1000;

  async function fetchMore() {
    triedAt = performance.now();
    const asked = Date.now();
    try {
      const answer = await fetch(place.dataset.source, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const told = await answer.json();
      offset = told.now - (asked + Date.now()) / 2;
      ahead = new Map(told.codes);
      place.dataset.connected = "yes";
    } catch {
      place.dataset.connected = "no"; // no connection: what is at hand has to do
    }
  }

  function show() {
    const now = seconds();
    const step = Math.floor(now / STEP);
    for (const known of ahead.keys()) if (known < step) ahead.delete(known);
    const drawn = ahead.get(step);
    if (drawn && dots.getAttribute("d") !== drawn) dots.setAttribute("d", drawn);
    const started = ahead.size > 0 || place.dataset.connected === "no";
    place.dataset.state = drawn || !started ? (place.dataset.connected === "no" ? "offline" : "fresh") : "stale";
    for (const words of place.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== place.dataset.state;
    bar.value = STEP - (now % STEP);
    if (ahead.size < LEFT_LOW && performance.now() - triedAt >= RETRY_MS) fetchMore().then(show);
  }

  addEventListener("online", () => fetchMore().then(show));
  addEventListener("offline", () => {
    place.dataset.connected = "no";
    show();
  });
  document.addEventListener("visibilitychange", () => document.hidden || show());
  setInterval(show, 1000);
  show();
}
