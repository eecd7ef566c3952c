// The page of long work: what changes is put in its place, and nothing else moves.

import { element } from "./shared/elements";
import { type Told, watchJobs } from "./shared/jobs";
import { _ } from "./shared/words";

const list = element("jobs", HTMLUListElement);
const live = element("live", HTMLElement);

watchJobs({
  told: show,
  live: (isLive) => {
    say(isLive ? _("What you see here is up to date.") : _("The server cannot be reached just now. It is tried again."));
  },
  signedOut: () => say(_("Your session has ended. Sign in again to see how far it is.")),
});

function show(job: Told): void {
  element("nothing", HTMLElement).hidden = true;
  const item = itemOf(job.html);
  const shown = document.getElementById(item.id);
  if (shown === null) {
    list.prepend(item);
    trim();
    return;
  }
  shown.dataset["status"] = job.status;
  for (const part of item.querySelectorAll("[data-part]")) {
    const old = shown.querySelector(`[data-part="${part.getAttribute("data-part") ?? ""}"]`);
    if (old !== null && old.innerHTML !== part.innerHTML) {
      replace(old, part);
    }
  }
}

/** Put a part in the place of an older one; who was on its button stays near it. */
function replace(old: Element, part: Element): void {
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(part);
  if (hadFocus) {
    const next = part.querySelector<HTMLElement>("a, button") ?? part.closest<HTMLElement>(".job");
    next?.setAttribute("tabindex", next.tabIndex < 0 ? "-1" : "0");
    next?.focus();
  }
}

/** The oldest go when there are more than the page shows when it is loaded. */
function trim(): void {
  const most = Number(list.dataset["most"]);
  while (list.children.length > most) {
    list.lastElementChild?.remove();
  }
}

function itemOf(html: string): Element {
  const template = document.createElement("template");
  template.innerHTML = html;
  const item = template.content.firstElementChild;
  if (item === null) {
    throw new Error("an event tells of a job without its item");
  }
  return item;
}

function say(words: string): void {
  if (live.textContent !== words) {
    live.textContent = words;
  }
}
