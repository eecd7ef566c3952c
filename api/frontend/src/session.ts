// Tells when the session ends, before it does and after, on whatever page is left open.

import { _ } from "./shared/words";

// What is begun now should be finished before then.
const SOON_MS = 5 * 60_000;
// A computer that slept has missed its timers, so the clock is looked at as well.
const LOOK_EVERY_MS = 15_000;
// All tabs have one session, and the page that was opened last knows best when it ends.
const ENDS_AT = "geo-alerts-session-ends";

const place = document.getElementById("session");
const lastsS = Number(place?.dataset["lastsS"]);

if (place !== null && Number.isFinite(lastsS)) {
  const first = Date.now() + lastsS * 1000;
  localStorage.setItem(ENDS_AT, String(first));
  const look = (): void => {
    const told = Number(localStorage.getItem(ENDS_AT));
    const endsAt = told > 0 ? told : first;
    if (endsAt !== first) setUntil(endsAt);
    tell(place, endsAt);
  };
  look();
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("storage", look);
}

/** Say what there is to say with so much time left; once, so that it is not read out again. */
function tell(place: HTMLElement, endsAt: number): void {
  const leftMs = endsAt - Date.now();
  const state = leftMs <= 0 ? "ended" : leftMs <= SOON_MS ? "soon" : "on";
  const before = place.dataset["state"];
  if (before === state) {
    return;
  }
  place.dataset["state"] = state;
  if (state === "on") {
    // Nothing, unless something else was said before.
    place.textContent = before === undefined ? "" : _("You are signed in again, until {time}. Go on here.", { time: clock(endsAt) });
    return;
  }
  place.textContent =
    state === "ended"
      ? _("Your session has ended. What is on this page stays as long as you leave it open: sign in with a new link in another tab, then go on here.")
      : _("Your session ends in less than five minutes. Save what you are working on.");
}

/** Beside the name stands until when: of the session that is there now. */
function setUntil(endsAt: number): void {
  const until = document.getElementById("session-until");
  if (until !== null) until.textContent = _("until {time}", { time: clock(endsAt) });
}

/** The time of day, as the server writes it: 5:30pm. */
function clock(at: number): string {
  const wanted: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit", hour12: true, timeZone: "Europe/London" };
  return new Date(at).toLocaleTimeString("en-GB", wanted).replaceAll(/\s/g, "");
}
