// More filters: several groups and topics, the day of joining, how often, earlier audiences, chance.

import { ask } from "../shared/asking";
import { element } from "../shared/elements";
import { day, thousands } from "../shared/figures";
import { _ } from "../shared/words";
import type { Conditions, Rule } from "./asking";

export interface Label {
  kind: "group" | "topic";
  name: string;
  sensitive: boolean;
}
export type Kind = Label["kind"];
export const KINDS: readonly Kind[] = ["group", "topic"];

/** A group or topic that is asked for beside the one in the lists. */
export interface Chosen {
  kind: Kind;
  rule: Rule;
  name: string;
}

interface Earlier {
  id: string;
  purpose: string;
  created_at: string;
}

type Others = Omit<Conditions, "reach" | "channels" | "groups" | "topics">;

const FIELDS = ["joined-from", "joined-before", "cap-alerts", "cap-days", "sample-size", "control-share"] as const;
type Field = (typeof FIELDS)[number];
const USUAL_DAYS = "7";

export class More {
  private readonly box = element("more-filters", HTMLDetailsElement);
  /** Where estimates are shown there are none of several labels, and the page has no place for them. */
  private readonly canTakeSeveral = document.getElementById("several-labels") !== null;
  private labels: Chosen[] = [];
  private earlier: string[] = [];
  private isOffered = false;
  /** Drawn again, the same selection has the same people. */
  private seeds: { sample?: number | undefined; control?: number | undefined } = {};

  constructor(private readonly choose: () => void) {
    this.box.addEventListener("change", (event) => {
      if (!(event.target instanceof HTMLSelectElement)) this.changed();
    });
    this.box.addEventListener("toggle", () => {
      if (this.box.open) void this.offerAudiences();
    });
    element("clear-filters", HTMLButtonElement).addEventListener("click", () => {
      this.set({}, []);
      this.changed();
    });
    if (this.canTakeSeveral) element("label-add", HTMLButtonElement).addEventListener("click", () => this.add());
  }

  /** Offer groups and topics to choose several from. */
  offer(labels: readonly Label[]): void {
    if (!this.canTakeSeveral) return;
    const kinds: Record<Kind, string> = { group: _("Groups"), topic: _("Topics") };
    const groups = KINDS.map((kind) => {
      const group = document.createElement("optgroup");
      group.label = kinds[kind];
      const names = labels.filter((label) => label.kind === kind);
      group.append(...names.map(({ name }) => new Option(name, `${kind}:${name}`)));
      return group;
    });
    element("label-name", HTMLSelectElement).replaceChildren(...groups.filter((group) => group.children.length > 0));
    element("add-label", HTMLElement).hidden = labels.length === 0;
    element("no-labels", HTMLElement).hidden = labels.length > 0;
  }

  /** What is chosen; what cannot be meant is told, and left out. */
  chosen(): Others & { labels: readonly Chosen[] } {
    const [from, before] = [this.value("joined-from"), this.value("joined-before")];
    const [alerts, days] = [this.number("cap-alerts"), this.number("cap-days")];
    const [size, share] = [this.number("sample-size"), this.number("control-share")];
    const isInOrder = from === "" || before === "" || from < before;
    return {
      labels: this.labels,
      ...(isInOrder && from + before !== "" ? { joined: { on_or_after: from || null, before: before || null } } : {}),
      ...(this.earlier.length > 0 ? { not_in_audiences: this.earlier } : {}),
      ...(alerts === null || days === null ? {} : { cap: { alerts, days }, urgent: element("urgent", HTMLInputElement).checked }),
      ...(size === null ? {} : { sample: { size, ...seed(this.seeds.sample) } }),
      ...(share === null ? {} : { control: { share: share / 100, ...seed(this.seeds.control) } }),
    };
  }

  /** Choose what a selection has. */
  set({ joined, not_in_audiences: earlier = [], cap, urgent = false, sample, control }: Conditions, labels: readonly Chosen[]): void {
    const values: Record<Field, string> = {
      "joined-from": joined?.on_or_after ?? "",
      "joined-before": joined?.before ?? "",
      "cap-alerts": String(cap?.alerts ?? ""),
      "cap-days": String(cap?.days ?? USUAL_DAYS),
      "sample-size": String(sample?.size ?? ""),
      "control-share": control ? String(Number((100 * control.share).toPrecision(6))) : "",
    };
    for (const field of FIELDS) this.field(field).value = values[field];
    element("urgent", HTMLInputElement).checked = urgent;
    [this.labels, this.earlier] = [[...labels], [...earlier]];
    this.seeds = { sample: sample?.seed, control: control?.seed };
    for (const box of this.audiences()) box.checked = this.earlier.includes(box.value);
    this.showLabels();
    this.tell();
    if (this.count() > 0) this.box.open = true;
  }

  private changed(): void {
    const offered = this.audiences().map(({ value }) => value);
    const unseen = this.earlier.filter((id) => !offered.includes(id));
    this.earlier = [...unseen, ...this.audiences().filter(({ checked }) => checked).map(({ value }) => value)];
    this.tell();
    this.choose();
  }

  /** Say what is wrong, where something is, and how many conditions there are. */
  private tell(): void {
    const [from, before] = [this.value("joined-from"), this.value("joined-before")];
    const wrong = FIELDS.map((name) => this.field(name)).filter((field) => !field.checkValidity());
    for (const name of FIELDS) this.field(name).toggleAttribute("aria-invalid", false);
    for (const field of wrong) field.setAttribute("aria-invalid", "true");
    const [first] = wrong;
    const isInOrder = from === "" || before === "" || from < before;
    const fault = first === undefined ? "" : _("{what}: type a number from {least} to {most}.", { what: nameOf(first), least: first.min, most: thousands(Number(first.max)) });
    element("more-fault", HTMLElement).textContent = isInOrder ? fault : _("Nobody joined on or after the first day and before the second: choose a later second day.");
    const count = this.count();
    element("more-chosen", HTMLElement).textContent = count === 0 ? "" : _("({count} chosen)", { count });
  }

  private count(): number {
    const { labels, urgent: _urgent, ...others } = this.chosen();
    return labels.length + Object.keys(others).length;
  }

  private add(): void {
    const [kind, ...name] = element("label-name", HTMLSelectElement).value.split(":");
    const rule = element("label-rule", HTMLSelectElement).value as Rule;
    const label: Chosen = { kind: kind as Kind, rule, name: name.join(":") };
    if (label.name === "" || this.labels.some((one) => one.name === label.name && one.kind === kind && one.rule === rule)) return;
    this.labels.push(label);
    this.showLabels();
    this.changed();
  }

  private showLabels(): void {
    if (!this.canTakeSeveral) return;
    const rules: Record<Rule, string> = { any_of: _("at least one of"), all_of: _("every one of"), none_of: _("none of") };
    const lines = this.labels.map((label) => {
      const [item, text, button] = [document.createElement("li"), document.createElement("span"), document.createElement("button")];
      text.textContent = `${rules[label.rule]}: ${label.name}`;
      button.type = "button";
      button.className = "link";
      button.textContent = _("Remove");
      button.setAttribute("aria-label", _("Remove: {what}", { what: text.textContent }));
      button.addEventListener("click", () => {
        this.labels = this.labels.filter((one) => one !== label);
        this.showLabels();
        this.changed();
        element("label-add", HTMLElement).focus();
      });
      item.append(text, button);
      return item;
    });
    element("chosen-labels", HTMLElement).replaceChildren(...lines);
  }

  /** List earlier audiences once somebody looks. */
  private async offerAudiences(): Promise<void> {
    if (this.isOffered) return;
    this.isOffered = true;
    const told = await ask<{ audiences: Earlier[] }>("/v1/audiences?page_size=50").catch(() => null);
    this.isOffered = told !== null;
    const boxes = (told?.audiences ?? []).map(({ id, purpose, created_at: at }) => {
      const [label, box] = [document.createElement("label"), document.createElement("input")];
      label.className = "choice";
      [box.type, box.value, box.checked] = ["checkbox", id, this.earlier.includes(id)];
      label.append(box, ` ${purpose}, ${day(at)}`);
      return label;
    });
    element("earlier-audiences", HTMLElement).replaceChildren(...boxes);
    element("no-audiences", HTMLElement).hidden = boxes.length > 0;
  }

  private audiences(): HTMLInputElement[] {
    return [...document.querySelectorAll<HTMLInputElement>("#earlier-audiences input")];
  }

  private field(name: Field): HTMLInputElement {
    return element(name, HTMLInputElement);
  }

  private value(name: Field): string {
    return this.field(name).value;
  }

  private number(name: Field): number | null {
    const field = this.field(name);
    return field.value !== "" && field.checkValidity() ? field.valueAsNumber : null;
  }
}

function nameOf(field: HTMLInputElement): string {
  return field.labels?.[0]?.textContent?.trim() ?? field.id;
}

function seed(known: number | undefined): { seed?: number } {
  return known === undefined ? {} : { seed: known };
}
