// The panel beside the map: the sentence, the figures, the teams, the list of shapes.

import { type Area, type Shape, capitalised, listed, thousands } from "./areas";
import { CHANNELS, type Figures } from "./asking";

export interface ShapeActs {
  remove(shape: Shape): void;
  turn(shape: Shape): void;
  zoomTo(shape: Shape): void;
  isOnMap(shape: Shape): boolean;
  removeFaulty(): void;
}

const SAID_AFTER_MS = 700;
const WITHHELD = "withheld";

/** The element of this id, which the template has. */
export function element<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

export class Panel {
  private readonly sentence = element("sentence", HTMLElement);
  private readonly figures = element("figures", HTMLElement);
  private readonly note = element("note", HTMLElement);
  private readonly problem = element("problem", HTMLElement);
  private readonly told = element("problem-text", HTMLElement);
  private readonly mend = element("remove-faulty", HTMLButtonElement);
  private readonly spoken = element("spoken", HTMLElement);
  private readonly teams = element("by-team", HTMLElement);
  private readonly list = element("shapes", HTMLUListElement);
  private readonly value = element("area-value", HTMLTextAreaElement);
  private readonly empty = this.sentence.textContent ?? "";
  private saying = 0;
  private faulty: readonly Shape[] = [];

  /** What an answer says; the figures stay in place while the next one is on its way. */
  show(figures: Figures): void {
    this.tellFaults();
    this.figures.hidden = false;
    this.figures.classList.remove("waiting");
    const reached = CHANNELS.flatMap((channel) => {
      const count = figures.deliveries[channel];
      this.set(`figure-${channel}`, count);
      return count ? [`${thousands(count)} by ${channel}`] : [];
    });
    this.set("figure-people", figures.people);
    this.set("figure-places", figures.places);
    const noun = figures.people === 1 ? "person" : "people";
    const who = figures.people === null ? "Too few people to say how many" : `${thousands(figures.people)} ${noun}`;
    this.say(`${who} would get this${reached.length > 0 ? `: ${listed(reached, "and")}` : ""}.`);
    const missed = figures.without_channel;
    this.note.textContent = [
      figures.explanation,
      missed ? `${missing(missed)} a place here but chose no way to be told.` : null,
    ].filter(Boolean).join(" ");
    this.showTeams(figures);
  }

  /** Nothing is selected. */
  clear(): void {
    this.figures.hidden = true;
    this.teams.hidden = true;
    this.note.textContent = "";
    this.say(this.empty);
  }

  /** A question is on its way. */
  wait(): void {
    this.figures.classList.add("waiting");
  }

  refuse(message: string): void {
    this.clear();
    this.say("There are no figures for this.");
    this.tell(message);
  }

  /** The shapes as a list with buttons: the same things as on the map. */
  showShapes(shapes: readonly Shape[], area: Area | null, acts: ShapeActs): void {
    this.list.replaceChildren(...shapes.map((shape) => this.line(shape, acts)));
    this.faulty = shapes.filter(({ fault }) => fault !== null);
    this.tellFaults();
    this.mend.onclick = acts.removeFaulty;
    element("no-shapes", HTMLElement).hidden = shapes.length > 0;
    this.value.value = area === null ? "" : JSON.stringify(area, null, 1);
  }

  private line(shape: Shape, acts: ShapeActs): HTMLLIElement {
    const item = document.createElement("li");
    const text = document.createElement("span");
    text.textContent = `${shape.isSubtracted ? "without " : ""}${shape.words}`;
    item.append(text);
    if (shape.fault !== null) {
      const fault = document.createElement("span");
      fault.className = "error";
      fault.textContent = `Does not count. ${shape.fault}`;
      item.append(fault);
    }
    const buttons: [string, () => void][] = [
      [shape.isSubtracted ? "Add instead" : "Take away instead", () => acts.turn(shape)],
      ["Remove", () => acts.remove(shape)],
    ];
    if (acts.isOnMap(shape)) buttons.unshift(["Show", () => acts.zoomTo(shape)]);
    for (const [name, act] of buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.textContent = name;
      button.setAttribute("aria-label", `${name}: ${shape.words}`);
      button.addEventListener("click", act);
      item.append(button);
    }
    return item;
  }

  /** Say which shapes do not count, and why; the others do. */
  private tellFaults(): void {
    const said = this.faulty.map(({ words, fault }) => `${capitalised(words)} does not count. ${fault ?? ""}`);
    this.tell(said.join(" "));
    this.mend.hidden = this.faulty.length === 0;
    this.mend.textContent = this.faulty.length > 1 ? "Remove these shapes" : "Remove this shape";
  }

  private tell(message: string): void {
    // Words that stay as they are would be read out again.
    if (this.told.textContent !== message) this.told.textContent = message;
    this.problem.hidden = message === "";
    this.mend.hidden = true;
  }

  private showTeams({ by_team: teams }: Figures): void {
    this.teams.hidden = teams.length === 0;
    const rows = [...teams].sort((a, b) => (b.people ?? 0) - (a.people ?? 0)).map((team) => {
      const row = document.createElement("tr");
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = team.name;
      const count = document.createElement("td");
      count.className = "number";
      count.textContent = team.people === null ? WITHHELD : thousands(team.people);
      row.append(name, count);
      return row;
    });
    this.teams.querySelector("tbody")?.replaceChildren(...rows);
  }

  private set(id: string, count: number | null | undefined): void {
    const text = count === undefined ? "–" : count === null ? WITHHELD : thousands(count);
    element(id, HTMLElement).textContent = text;
  }

  /** Show at once; read out once the figures have come to rest. */
  private say(text: string): void {
    this.sentence.textContent = text;
    window.clearTimeout(this.saying);
    this.saying = window.setTimeout(() => { this.spoken.textContent = text; }, SAID_AFTER_MS);
  }
}

function missing(count: number): string {
  return count === 1 ? "1 more person has" : `${thousands(count)} more people have`;
}
