// Tells when the session ends, before it does and after, on whatever page is left open.

import { _ } from "./shared/words";

// What is begun now should be finished before then.
const SOON_MS = 5 * 60_000;
// A computer that slept has missed its timers, so the clock is looked at as well.
const LOOK_EVERY_MS = 15_000;

const place = document.getElementById("session");
const lastsS = Number(place?.dataset["lastsS"]);
const endsAt = Date.now() + lastsS * 1000;

if (place !== null && Number.isFinite(lastsS)) {
  const look = (): void => {
    tell(place, endsAt - Date.now());
  };
  look();
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", look);
}

/** Say what there is to say with so much time left; once, so that it is not read out again. */
function tell(place: HTMLElement, leftMs: number): void {
  const state = leftMs <= 0 ? "ended" : leftMs <= SOON_MS ? "soon" : "on";
  if (place.dataset["state"] === state) {
    return;
  }
  place.dataset["state"] = state;
  if (state === "on") {
    return;
  }
  place.textContent =
    state === "ended"
      ? _("Your session has ended. What is on this page stays as long as you leave it open: sign in with a new link in another tab, then go on here.")
      : _("Your session ends in less than five minutes. Save what you are working on.");
}
