// Shapes as text and files: GeoJSON in and out, and the ground of what the server alone knows.

import type { Geometry, MultiPolygon, Polygon } from "geojson";
import { RefusedError, ask } from "../shared/asking";
import { element } from "../shared/elements";
import { _ } from "../shared/words";
import { type Area, type Shape, type Typed, combined, wordsOf } from "./areas";
import { type Reader, need } from "./forms";

export type Form = "polygon" | "line" | "circle";

interface Read {
  number: number;
  name: string;
  taken_away: boolean;
  area: Area | null;
  fault: string | null;
  repaired: Polygon | MultiPolygon | null;
}

const MOST_AT_ONCE = 50; // what the server takes
const USUAL_METRES = 100;

const POST = { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/geo+json, application/json" } };

/** The ground of areas, in order, as the server tells it: of circles the outline, of names what they stand for. */
async function groundsOf(areas: readonly Area[]): Promise<Geometry[]> {
  const grounds: Geometry[] = [];
  for (let from = 0; from < areas.length; from += MOST_AT_ONCE) {
    const some = areas.slice(from, from + MOST_AT_ONCE);
    const answer = await ask<{ features: { geometry: Geometry }[] }>("/v1/areas:geojson", { ...POST, body: JSON.stringify({ areas: some }) });
    grounds.push(...answer.features.map(({ geometry }) => geometry));
  }
  return grounds;
}

/** The ground of one area; null where it has none. */
export async function groundOf(area: Area): Promise<Geometry | null> {
  const [ground] = await groundsOf([area]);
  return ground ?? null;
}

/** The shapes of a text; those that cannot be used are listed by their numbers, with what may be meant. */
export async function readText(text: string, form: Form, metres: number): Promise<Typed[]> {
  const { shapes } = await ask<{ shapes: Read[] }>("/v1/areas:read", { ...POST, body: JSON.stringify({ text, form, metres }) });
  const [only, ...others] = shapes;
  const isOne = others.length === 0 && only?.repaired === null;
  // Of a single shape the form itself tells.
  if (isOne && only.fault !== null) throw new RefusedError(sentence(only), 422);
  tellFaults(shapes.filter(({ area }) => area === null));
  return shapes.flatMap(({ area, name, taken_away: isSubtracted }) =>
    area === null ? [] : [{ area, words: name || wordsOf(area), middle: null, isSubtracted }],
  );
}

let mended: (typed: readonly Typed[]) => number = () => 0;

/** Give repaired shapes to the list. */
export function mendBy(add: (typed: readonly Typed[]) => number): void {
  mended = add;
}

/** Tell which shapes of a file cannot be used, each with its number, and offer repaired ones. */
function tellFaults(faulty: readonly Read[]): void {
  element("read-faults", HTMLElement).hidden = faulty.length === 0;
  const told = faulty.length === 1 ? _("1 shape was left out:") : _("{count} shapes were left out:", { count: faulty.length });
  element("read-faults-told", HTMLElement).textContent = told;
  element("read-faults-list", HTMLElement).replaceChildren(...faulty.map(lineOf));
}

function lineOf(read: Read): HTMLLIElement {
  const [item, offer] = [document.createElement("li"), document.createElement("button")];
  item.append(sentence(read), " ");
  const { repaired } = read;
  if (repaired === null) return item;
  [offer.type, offer.className, offer.textContent] = ["button", "link", _("Use the repaired shape")];
  offer.setAttribute("aria-label", _("Use the repaired shape of {shape}", { shape: nameOf(read) }));
  offer.addEventListener("click", () => {
    mended([{ area: { type: "polygon", geometry: repaired }, words: read.name || _("a repaired polygon"), middle: null, isSubtracted: read.taken_away }]);
    item.remove();
    const list = element("read-faults-list", HTMLElement);
    element("read-faults", HTMLElement).hidden = list.childElementCount === 0;
    element("typing-heading", HTMLElement).focus();
  });
  item.append(offer);
  return item;
}

function nameOf({ number, name }: Read): string {
  return name === "" ? _("shape {number}", { number }) : _("shape {number}, “{name}”", { number, name });
}

function sentence(read: Read): string {
  return _("{shape}: {why}.", { shape: nameOf(read), why: read.fault ?? "" });
}

export const readersOfFiles: Readonly<Record<string, Reader>> = {
  async "import-file"(form) {
    const [file] = form.querySelector<HTMLInputElement>("input[type=file]")?.files ?? [];
    need(file !== undefined, "file", _("Choose a file."));
    if (file === undefined) return [];
    try {
      return await readText(await file.text(), "polygon", USUAL_METRES);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      throw new RefusedError(_("{file} {why}", { file: file.name, why: error.message }), error.status, "file");
    }
  },
};

/** Save what is drawn: the whole target first, then each shape with the area that it is. */
export function connectExport(shapes: () => readonly Shape[]): void {
  const told = element("exported", HTMLElement);
  element("export-file", HTMLButtonElement).addEventListener("click", () => {
    void exported(shapes()).then(
      (words) => { told.textContent = words; },
      (error: unknown) => { told.textContent = error instanceof RefusedError ? error.message : _("The server does not answer. Try again."); },
    );
  });
}

async function exported(all: readonly Shape[]): Promise<string> {
  const good = all.filter(({ fault }) => fault === null);
  const whole = combined(good.map(measured));
  if (whole === null) return _("There is nothing to save yet: draw or type a shape.");
  const [target, ...grounds] = await groundsOf([whole, ...good.map((shape) => measured(shape).area)]);
  const features = [
    { type: "Feature", properties: { role: "target" }, geometry: target },
    ...good.map(({ area, words, isSubtracted }, index) => ({
      type: "Feature",
      properties: { role: isSubtracted ? "taken away" : "added", name: words, area },
      geometry: grounds[index],
    })),
  ];
  download(JSON.stringify({ type: "FeatureCollection", features }, null, 1), "target.geojson");
  return _("Saved as target.geojson.");
}

/** A circle that holds so many people, as wide as it is now. */
function measured(shape: Shape): Shape {
  const { area, found } = shape;
  if (area.type !== "radius" || !("holding" in area) || found === null) return shape;
  return { ...shape, area: { type: "radius", centre: area.centre, metres: found } };
}

function download(content: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/geo+json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
