// The panel beside the map: the sentence of the selection, the figures, how sure they are, the teams.

import "./panel.css";
import { element } from "../shared/elements";
import { capitalised, listed, thousands } from "../shared/figures";
import { _ } from "../shared/words";
import type { Shape } from "./areas";
import { CHANNELS, type Channel, type Edge, type Figures, type Selection } from "./asking";

export interface FaultActs {
  repairFaulty(): void;
  removeFaulty(): void;
}

const SAID_AFTER_MS = 700;
const UNKNOWN = "–";

// In the order of the conditions; each goes after a number, whether that is one or many.
const LEFT_OUT: Record<string, string> = {
  already_reached: _("reached already"),
  no_channel: _("who chose no way to be told"),
  other_channels: _("who chose other ways to be told"),
  withdrawn: _("who withdrew"),
  cap: _("told enough lately"),
  not_in_sample: _("not drawn"),
  control: _("held out to compare with"),
};

// Conditions that estimates know nothing of.
const NOT_COUNTED: Record<string, string> = {
  joined: _("when people joined"),
  not_in_audiences: _("earlier audiences that are left out"),
  cap: _("alerts that people had lately"),
  sample: _("the sample that is drawn"),
  control: _("the people who are held out to compare with"),
};
const BY: Record<Channel, string> = { email: _("by email"), text: _("by text"), voice: _("by voice") };

export class Panel {
  private readonly selection = element("selection-sentence", HTMLElement);
  /** The same where the audience is asked for. */
  private readonly asked = element("asked-sentence", HTMLElement);
  private readonly sentence = element("sentence", HTMLElement);
  /** The same again beside the form that added a shape last, and the line that holds it. */
  private readonly result = element("added-result", HTMLElement);
  private readonly added = element("added", HTMLElement);
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
    keepReachable(this.teams);
  }

  /** What an answer says; the figures stay in place while the next one is on its way. */
  show(figures: Figures): void {
    this.tellFaults();
    this.figures.hidden = false;
    this.figures.classList.remove("waiting");
    const { errors } = figures;
    const reached = CHANNELS.flatMap((channel) => {
      const count = figures.deliveries[channel];
      const told = count === undefined ? UNKNOWN : figure(figures, count, errors?.deliveries[channel]);
      write(`figure-${channel}`, told);
      return count ? [`${told} ${BY[channel]}`] : [];
    });
    write("figure-people", figure(figures, figures.people, figures.error));
    write("figure-places", figure(figures, figures.places, errors?.places));
    const ways = reached.length > 0 ? `: ${listed(reached)}` : "";
    this.selection.textContent = this.asked.textContent = figures.sentence;
    this.say(_("{who} would get this{ways}.", { who: inWords(figures), ways }));
    this.edge.textContent = figures.edge === null ? "" : onTheEdge(figures, figures.edge);
    this.note.textContent = [leftOut(figures), notCounted(figures)].filter(Boolean).join(" ");
    this.showTeams(figures);
  }

  /** Nothing is selected. */
  clear(): void {
    this.added.hidden = true;
    this.figures.hidden = true;
    this.teams.hidden = true;
    this.edge.textContent = "";
    this.note.textContent = "";
    this.selection.textContent = this.asked.textContent = "";
    this.say(this.empty);
  }

  /** A question is on its way. */
  wait(): void {
    this.figures.classList.add("waiting");
  }

  /** There are no figures, and the reason is told. */
  refuse(message: string): void {
    this.clear();
    this.say(_("There are no figures for this."));
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
    else if (others.length === 0) this.tell(_("{shape} does not count.", { shape: capitalised(first.words) }), first.fault ?? "");
    else this.tell(_("{count} shapes do not count.", { count: this.faulty.length }), _("The list of shapes says why."));
    const repairable = this.faulty.filter(({ repaired }) => repaired !== null).length;
    this.mend.hidden = first === undefined;
    this.repair.hidden = repairable === 0;
    this.repair.textContent = repairable > 1 ? _("Use the repaired shapes") : _("Use the repaired shape");
    this.mend.textContent = others.length > 0 ? _("Remove these shapes") : _("Remove this shape");
  }

  private tell(message: string, why: string): void {
    // Words that stay as they are would be read out again.
    if (this.told.textContent !== message) this.told.textContent = message;
    if (this.why.textContent !== why) this.why.textContent = why;
    this.problem.hidden = message === "";
    this.mend.hidden = true;
    this.repair.hidden = true;
  }

  private showTeams(figures: Figures): void {
    const { by_team: teams } = figures;
    this.teams.hidden = teams.length === 0;
    const rows = [...teams].sort((a, b) => b.people - a.people).map((team) => {
      const row = document.createElement("tr");
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = team.name;
      const count = document.createElement("td");
      count.className = "number";
      count.textContent = figure(figures, team.people, team.error);
      row.append(name, count);
      return row;
    });
    this.teams.querySelector("tbody")?.replaceChildren(...rows);
  }

  /** Show at once; read out once the figures have come to rest. */
  private say(text: string): void {
    this.sentence.textContent = this.result.textContent = text;
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

/** A count as it is, or an estimate with how far it may be off; none where that is not known. */
function figure({ error }: Figures, count: number, off: number | null | undefined): string {
  if (error === null) return thousands(count);
  return off == null ? UNKNOWN : `≈\u202f${thousands(count)} ±\u202f${thousands(off)}`;
}

/** Write a figure; how far it may be off is smaller, so that both fit on a line. */
function write(id: string, told: string): void {
  const [count = "", ...off] = told.split(/(?= ±)/);
  const smaller = off.map((words) => Object.assign(document.createElement("span"), { className: "off", textContent: words }));
  element(id, HTMLElement).replaceChildren(count, ...smaller);
}

/** How sure a number is as far as postcodes go, which are no points; so that it can be added up. */
function onTheEdge(figures: Figures, edge: Edge): string {
  const off = figures.errors?.edge;
  const told = {
    inside: figure(figures, edge.low, off?.low),
    edge: figure(figures, edge.people, off?.people),
    people: figure(figures, figures.people, figures.error),
    high: figure(figures, edge.high, off?.high),
  };
  const parts = edge.people === 0 ? [] : [_("{inside} with a postcode wholly inside the area and {edge} with one only on its edge: {people} together.", told)];
  if (edge.high !== figures.people) parts.push(_("If every postcode that the area touches counted: {high}.", told));
  return parts.join(" ");
}

/** Who is meant but gets nothing, and why. */
function leftOut({ left_out }: Figures): string {
  const reasons = Object.entries(LEFT_OUT).flatMap(([reason, words]) => {
    const count = left_out[reason];
    return count ? [`${thousands(count)} ${words}`] : [];
  });
  return reasons.length > 0 ? _("Left out: {reasons}.", { reasons: listed(reasons) }) : "";
}

/** What the estimate knows nothing of. */
function notCounted({ not_counted }: Figures): string {
  const named = not_counted.map((name) => NOT_COUNTED[name] ?? name);
  return named.length > 0 ? _("The estimate takes no account of {conditions}.", { conditions: listed(named) }) : "";
}

/** How many people, with the error of an estimate. */
function inWords({ people, error }: Figures): string {
  const told = { people: thousands(people), error: thousands(error ?? 0) };
  if (error === null) return people === 1 ? _("{people} person", told) : _("{people} people", told);
  return people === 1 ? _("About {people} person (± {error})", told) : _("About {people} people (± {error})", told);
}
