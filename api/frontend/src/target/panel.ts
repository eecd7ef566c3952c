// The panel beside the map: the sentence, the figures, the teams, the list of shapes.

import { element } from "../shared/elements";
import { capitalised, listed, thousands } from "../shared/figures";
import type { Shape } from "./areas";
import { CHANNELS, type Figures, type Selection } from "./asking";

export interface FaultActs {
  repairFaulty(): void;
  removeFaulty(): void;
}

const SAID_AFTER_MS = 700;
const ESTIMATE = "≈\u202f";

// In the order of the conditions; each goes after a number, whether that is one or many.
const LEFT_OUT: Record<string, string> = {
  already_reached: "reached already",
  no_channel: "who chose no way to be told",
  other_channels: "who chose other ways to be told",
  withdrawn: "who withdrew",
  cap: "told enough lately",
  not_in_sample: "not drawn",
  control: "held out to compare with",
};

export class Panel {
  private readonly sentence = element("sentence", HTMLElement);
  private readonly figures = element("figures", HTMLElement);
  private readonly edge = element("edge", HTMLElement);
  private readonly note = element("note", HTMLElement);
  private readonly problem = element("problem", HTMLElement);
  private readonly told = element("problem-text", HTMLElement);
  private readonly why = element("problem-why", HTMLElement);
  private readonly mend = element("remove-faulty", HTMLButtonElement);
  private readonly repair = element("repair-faulty", HTMLButtonElement);
  private readonly spoken = element("spoken", HTMLElement);
  private readonly teams = element("by-team", HTMLElement);
  private readonly value = element("selection-value", HTMLTextAreaElement);
  private readonly empty = this.sentence.textContent ?? "";
  private saying = 0;
  private faulty: readonly Shape[] = [];

  constructor() {
    keepReachable(element("answer", HTMLElement));
  }

  /** What an answer says; the figures stay in place while the next one is on its way. */
  show(figures: Figures): void {
    this.tellFaults();
    this.figures.hidden = false;
    this.figures.classList.remove("waiting");
    const isEstimate = figures.error !== null;
    const about = (count: number) => `${isEstimate ? ESTIMATE : ""}${thousands(count)}`;
    const reached = CHANNELS.flatMap((channel) => {
      const count = figures.deliveries[channel];
      this.set(`figure-${channel}`, count, figures);
      return count ? [`${about(count)} by ${channel}`] : [];
    });
    this.set("figure-people", figures.people, figures);
    this.set("figure-places", figures.places, figures);
    const noun = figures.people === 1 ? "person" : "people";
    const error = isEstimate ? ` (± ${thousands(figures.error ?? 0)})` : "";
    const who = `${isEstimate ? "About " : ""}${thousands(figures.people)} ${noun}${error}`;
    this.say(`${who} would get this${reached.length > 0 ? `: ${listed(reached, "and")}` : ""}.`);
    this.edge.textContent = figures.edge === null ? "" : onTheEdge(figures.edge, about);
    this.note.textContent = leftOut(figures);
    this.showTeams(figures);
  }

  /** Nothing is selected. */
  clear(): void {
    this.figures.hidden = true;
    this.teams.hidden = true;
    this.edge.textContent = "";
    this.note.textContent = "";
    this.say(this.empty);
  }

  /** A question is on its way. */
  wait(): void {
    this.figures.classList.add("waiting");
  }

  /** There are no figures, and the reason is told. */
  refuse(message: string): void {
    this.clear();
    this.say("There are no figures for this.");
    this.tell(message, "");
  }

  /** Say which shapes do not count, as long as they do not; what mends them is done by buttons. */
  showFaults(shapes: readonly Shape[], acts: FaultActs): void {
    this.faulty = shapes.filter(({ fault }) => fault !== null);
    this.tellFaults();
    this.mend.onclick = acts.removeFaulty;
    this.repair.onclick = acts.repairFaulty;
  }

  /** What is counted, for the API and the command line. */
  showValue(selection: Selection | null): void {
    this.value.value = selection === null ? "" : JSON.stringify(selection, null, 1);
  }

  /** Say which shape does not count, and why, or how many; the others do. */
  private tellFaults(): void {
    const [first, ...others] = this.faulty;
    if (first === undefined) this.tell("", "");
    else if (others.length === 0) this.tell(`${capitalised(first.words)} does not count.`, first.fault ?? "");
    else this.tell(`${this.faulty.length} shapes do not count.`, "The list of shapes says why.");
    const repairable = this.faulty.filter(({ repaired }) => repaired !== null).length;
    this.mend.hidden = first === undefined;
    this.repair.hidden = repairable === 0;
    this.repair.textContent = repairable > 1 ? "Use the repaired shapes" : "Use the repaired shape";
    this.mend.textContent = others.length > 0 ? "Remove these shapes" : "Remove this shape";
  }

  private tell(message: string, why: string): void {
    // Words that stay as they are would be read out again.
    if (this.told.textContent !== message) this.told.textContent = message;
    if (this.why.textContent !== why) this.why.textContent = why;
    this.problem.hidden = message === "";
    this.mend.hidden = true;
    this.repair.hidden = true;
  }

  private showTeams({ by_team: teams, error }: Figures): void {
    this.teams.hidden = teams.length === 0;
    const mark = error === null ? "" : ESTIMATE;
    const rows = [...teams].sort((a, b) => b.people - a.people).map((team) => {
      const row = document.createElement("tr");
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = team.name;
      const count = document.createElement("td");
      count.className = "number";
      count.textContent = `${mark}${thousands(team.people)}`;
      row.append(name, count);
      return row;
    });
    this.teams.querySelector("tbody")?.replaceChildren(...rows);
  }

  private set(id: string, count: number | undefined, { error }: Figures): void {
    const figure = element(id, HTMLElement);
    const mark = error === null ? "" : ESTIMATE;
    figure.textContent = count === undefined ? "–" : `${mark}${thousands(count)}`;
    if (error === null) figure.removeAttribute("title");
    else figure.title = `An estimate; that of people is off by at most ${thousands(error)}, 19 times in 20`;
  }

  /** Show at once; read out once the figures have come to rest. */
  private say(text: string): void {
    this.sentence.textContent = text;
    window.clearTimeout(this.saying);
    this.saying = window.setTimeout(() => { this.spoken.textContent = text; }, SAID_AFTER_MS);
  }
}

/** While a box scrolls, and only then, the keyboard reaches it. */
function keepReachable(box: HTMLElement): void {
  const fitted = new ResizeObserver(() => {
    if (box.scrollHeight > box.clientHeight) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  for (const each of [box, ...box.children]) fitted.observe(each);
}

/** How sure a number is as far as postcodes go, which are no points. */
function onTheEdge({ low, high, people }: NonNullable<Figures["edge"]>, about: (count: number) => string): string {
  if (low === high && people === 0) return "";
  const between = `Between ${about(low)} (postcodes wholly inside) and ${about(high)} (any part)`;
  if (people === 0) return `${between}.`;
  return `${between}: ${about(people)} ${people === 1 ? "stands" : "stand"} on the edge.`;
}

/** Who is meant but gets nothing, and why. */
function leftOut({ left_out }: Figures): string {
  const reasons = Object.entries(LEFT_OUT).flatMap(([reason, words]) => {
    const count = left_out[reason];
    return count ? [`${thousands(count)} ${words}`] : [];
  });
  return reasons.length > 0 ? `Left out: ${listed(reasons, "and")}.` : "";
}
