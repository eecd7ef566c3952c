// What goes on while a file is sent and read; without this the form works as well, silently.

import { watchJobs } from "./shared/jobs";
import { _ } from "./shared/words";

for (const form of document.querySelectorAll<HTMLFormElement>("form[enctype='multipart/form-data']")) {
  form.addEventListener("submit", () => tell(form), { once: true });
}

/** Tell below the form how far it is, until the answer takes the place of the page. */
function tell(form: HTMLFormElement): void {
  const place = document.createElement("p");
  const bar = document.createElement("progress");
  const words = document.createElement("span");
  bar.setAttribute("aria-label", _("How far the file is"));
  words.textContent = ` ${_("The file is being sent.")}`;
  place.setAttribute("role", "status");
  place.append(bar, words);
  form.append(place);
  watchJobs({
    told: ({ status, is_mine, kind, done, total }) => {
      if (status !== "running" || !is_mine || !kind.startsWith("import.")) return;
      words.textContent = ` ${_("The file is being read and checked.")}`;
      if (total !== null && total > 0) {
        bar.max = total;
        bar.value = Math.min(done, total);
      }
    },
    live: () => undefined,
    signedOut: () => undefined, // the answer to the form says so
  });
}
