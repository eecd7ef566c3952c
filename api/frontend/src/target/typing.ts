// Everything that can be drawn can be typed: the forms under the list of shapes.

import type { Area } from "./areas";
import { distance, listed } from "./areas";
import { RefusedError, type Unit, ask, askPreview } from "./asking";
import type { Team } from "./drawing";
import { element } from "./panel";

export interface Typed {
  area: Area;
  words: string;
  /** Latitude and longitude of a circle's middle, where it is known. */
  middle: [number, number] | null;
}

type Reader = (form: HTMLFormElement) => Typed | Promise<Typed>;

/** Connect the forms that the page has; which ones depends on the role. */
export function connectForms(
  addresses: { postcodes: string; preview: string },
  add: (typed: Typed) => void,
): void {
  const readers: Record<string, Reader> = {
    "type-circle": (form) => circle(form, addresses.postcodes),
    "type-team": team,
    "type-postcodes": (form) => postcodes(form, addresses.preview),
  };
  for (const [id, read] of Object.entries(readers)) {
    const form = document.getElementById(id);
    if (form instanceof HTMLFormElement) connect(form, read, add);
  }
}

/** Fill the list of teams to choose from. */
export function offerTeams(teams: readonly Team[]): void {
  const options = teams.map(({ code, name }) => new Option(`${name} (${code})`, code));
  element("team", HTMLSelectElement).replaceChildren(new Option("Choose a team", ""), ...options);
}

function connect(form: HTMLFormElement, read: Reader, add: (typed: Typed) => void): void {
  const fault = form.querySelector<HTMLElement>(".error");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void (async () => {
      try {
        const typed = await read(form);
        if (fault !== null) fault.textContent = "";
        add(typed);
        form.reset();
      } catch (error) {
        if (!(error instanceof Error) || fault === null) throw error;
        fault.textContent = error instanceof RefusedError ? error.message : "The server does not answer. Try again.";
      }
    })();
  });
}

function text(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value.trim() : "";
}

function need(isGiven: boolean, what: string): void {
  if (!isGiven) throw new RefusedError(what, 422);
}

async function circle(form: HTMLFormElement, address: string): Promise<Typed> {
  const [postcode, metres] = [text(form, "postcode"), Number(text(form, "metres"))];
  need(postcode !== "", "Type a postcode.");
  need(metres > 0, "Type a distance in metres, more than 0.");
  const unit = await ask<Unit>(`${address}/${encodeURIComponent(postcode)}`);
  const { longitude, latitude, postcode: centre } = unit;
  if (longitude === null || latitude === null) {
    throw new RefusedError(unit.reason ?? `${centre} has no position.`, 422);
  }
  return {
    area: { type: "radius", centre: { postcode: centre }, metres },
    words: `within ${distance(metres)} of ${centre}`,
    middle: [latitude, longitude],
  };
}

function team(form: HTMLFormElement): Typed {
  const code = text(form, "team");
  need(code !== "", "Choose a team from the list.");
  const select = element("team", HTMLSelectElement);
  return teamArea({ code, name: select.selectedOptions[0]?.label.replace(` (${code})`, "") ?? code });
}

/** A whole team as a shape. */
export function teamArea({ code, name }: Team): Typed {
  return { area: { type: "team", codes: [code] }, words: name, middle: null };
}

/** A list of postcodes; one that the server cannot use is told here, before it is in the list. */
async function postcodes(form: HTMLFormElement, address: string): Promise<Typed> {
  const parts = text(form, "postcodes").split(/[,;\n]+/).map((part) => part.trim()).filter(Boolean);
  need(parts.length > 0, "Type at least one postcode, sector or district.");
  const area: Area = { type: "postcodes", postcodes: parts };
  await askPreview(address, { area });
  const named = listed(parts.map((part) => part.toUpperCase()), "and");
  const words = parts.length > 3 ? `${parts.length} postcodes, sectors or districts` : named;
  return { area, words, middle: null };
}
