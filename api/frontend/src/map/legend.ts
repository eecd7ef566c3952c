// The legend under the map: what each mark means, always in sight, with its sources in the foot.

import { _ } from "../shared/words";

/** How a mark of the map looks in the legend; colours as the map has them. */
export interface Mark {
  shape: "area" | "line" | "dot" | "ring" | "dashed" | "double" | "hatched" | "dotted" | "dashes";
  stroke?: string;
  fill?: string;
  width?: number;
}

export interface Row {
  mark: Mark;
  words: string;
}

export interface Entry {
  title: string;
  rows: readonly Row[];
  note?: string;
  /** Where there is more to read, such as the same facts in a table. */
  more?: { address: string; words: string };
}

const SVG = "http://www.w3.org/2000/svg";
const GREY = "#6f777b";

export class Legend {
  private readonly box = document.createElement("section");
  private readonly entries = new Map<string, HTMLElement>();
  private readonly foot = document.createElement("p");
  private readonly told = new Map<string, string>();

  /** A legend directly under the map's element. */
  constructor(container: HTMLElement) {
    this.box.className = "legend";
    this.box.setAttribute("aria-label", _("Legend"));
    this.foot.className = "legend-foot";
    this.box.append(this.foot);
    container.after(this.box);
  }

  /** Say what marks mean; an entry of the same name is replaced. Entries stand by `place`, the least first. */
  show(name: string, { title, rows, note, more }: Entry, place = Infinity): void {
    const entry = document.createElement("div");
    entry.dataset["place"] = String(place);
    entry.className = "legend-entry";
    const heading = document.createElement("p");
    heading.className = "legend-title";
    heading.textContent = title;
    const list = document.createElement("ul");
    list.append(...rows.map(item));
    entry.append(heading, list);
    if (note !== undefined && note !== "") entry.append(noteOf(note));
    if (more !== undefined) {
      const link = document.createElement("a");
      [link.href, link.textContent] = [more.address, more.words];
      entry.append(link);
    }
    this.entries.get(name)?.remove();
    this.entries.set(name, entry);
    const after = [...this.box.children].find((each) => Number((each as HTMLElement).dataset["place"]) > place);
    (after ?? this.foot).before(entry);
  }

  hide(name: string): void {
    this.entries.get(name)?.remove();
    this.entries.delete(name);
  }

  /** Put a sentence into the foot: editions, months, whose data; an empty one takes it away. */
  tell(name: string, sentence: string): void {
    if (sentence === "") this.told.delete(name);
    else this.told.set(name, sentence);
    this.foot.textContent = [...this.told.values()].join(" ");
  }
}

function item({ mark, words }: Row): HTMLLIElement {
  const line = document.createElement("li");
  line.append(drawn(mark), words);
  return line;
}

function noteOf(words: string): HTMLElement {
  const note = document.createElement("p");
  note.className = "legend-note";
  note.textContent = words;
  return note;
}

/** A mark as a small picture that screen readers pass over: the words beside it say the same. */
function drawn({ shape, stroke = GREY, fill = "none", width = 1 }: Mark): SVGSVGElement {
  const picture = element("svg", { viewBox: "0 0 22 16", width: 22, height: 16, "aria-hidden": "true" });
  const line = { stroke, fill, "stroke-width": width };
  if (shape === "line") picture.append(element("path", { ...line, d: "M1 8H21" }));
  else if (shape === "dashes") picture.append(element("path", { ...line, d: "M1 8H21", "stroke-dasharray": "8 4" }));
  else if (shape === "dot") picture.append(element("circle", { ...line, cx: 11, cy: 8, r: 4 }));
  else if (shape === "ring" || shape === "dashed" || shape === "double") picture.append(...ring(shape, line));
  else picture.append(element("rect", { ...line, x: 1, y: 1, width: 20, height: 14 }));
  if (shape === "hatched") picture.append(element("path", { stroke, d: "M1 9L9 1M4 15L18 1M12 15L21 6" }));
  if (shape === "dotted") {
    for (const cx of [5, 11, 17]) for (const cy of [5, 11]) picture.append(element("circle", { fill: stroke, cx, cy, r: 1.2 }));
  }
  return picture as SVGSVGElement;
}

function ring(shape: Mark["shape"], line: Record<string, string | number>): SVGElement[] {
  const dashes: Record<string, string> = shape === "dashed" ? { "stroke-dasharray": "3 2" } : {};
  const outer = element("circle", { ...line, ...dashes, cx: 11, cy: 8, r: 6.5 });
  return shape === "double" ? [outer, element("circle", { ...line, fill: "none", cx: 11, cy: 8, r: 3.5 })] : [outer];
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
