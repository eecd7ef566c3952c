// Whom of the area: channels, the reach, a group and a topic; what is rarer is in `more.ts`.

import { askWhenReady } from "../shared/asking";
import { element } from "../shared/elements";
import { _ } from "../shared/words";
import { CHANNELS, type Channel, type Conditions, type Named, type Reach } from "./asking";
import { type Chosen, type Kind, KINDS, type Label, More } from "./more";

export class Filters {
  private readonly section = element("labels", HTMLElement);
  /** Says that both at once are not for this role; not there where they are. */
  private readonly oneOfBoth = document.getElementById("one-of-both");
  private readonly more: More;

  /** Tell `choose` whenever another condition is chosen. */
  constructor(choose: () => void) {
    for (const id of ["channels", "reach", "labels"]) element(id, HTMLElement).addEventListener("change", choose);
    this.more = new More(choose);
    if (this.oneOfBoth === null) return;
    for (const kind of KINDS) {
      const [chosen, others] = [this.list(kind), KINDS.filter((other) => other !== kind)];
      chosen.addEventListener("change", () => {
        if (chosen.value !== "") for (const other of others) this.list(other).value = "";
      });
    }
  }

  /** Offer those groups and topics by which the role may filter; a kind of which there are none stays away. */
  async offer(address: string): Promise<void> {
    const { labels } = await askWhenReady<{ labels: Label[] }>(address);
    for (const kind of KINDS) {
      const names = labels.filter((label) => label.kind === kind);
      const options = names.map(({ name, sensitive }) => new Option(sensitive ? _("{name} (sensitive)", { name }) : name, name));
      this.list(kind).append(...options);
      element(`only-${kind}`, HTMLElement).hidden = names.length === 0;
    }
    const kinds = new Set(labels.map(({ kind }) => kind));
    if (this.oneOfBoth !== null) this.oneOfBoth.hidden = kinds.size < KINDS.length;
    this.section.hidden = kinds.size === 0;
    this.more.offer(labels);
  }

  /** What is chosen, as selections have it; null while no channel is ticked. */
  chosen(): Conditions | null {
    const channels = this.channels();
    if (channels?.length === 0) return null;
    const { labels, ...others } = this.more.chosen();
    return {
      reach: this.reach(),
      ...(channels === null ? {} : { channels }),
      ...this.named("groups", "group", labels),
      ...this.named("topics", "topic", labels),
      ...others,
    };
  }

  /** Choose what a selection has; its groups and topics must be on offer. */
  set(conditions: Conditions): void {
    const { reach = "centre", channels = CHANNELS } = conditions;
    for (const box of boxes("#channels")) box.checked = channels.includes(box.value as Channel);
    for (const box of boxes("#reach")) box.checked = box.value === reach;
    const kept: Chosen[] = [];
    for (const [kind, named] of [["group", conditions.groups], ["topic", conditions.topics]] as const) {
      const rules = Object.entries(named ?? {}) as [Chosen["rule"], readonly string[]][];
      const all = rules.flatMap(([rule, names]) => names.map((name) => ({ kind, rule, name })));
      const [only] = all;
      const isPlain = all.length === 1 && only?.rule === "any_of" && this.offers(kind, only.name);
      this.list(kind).value = isPlain && only !== undefined ? only.name : "";
      if (!isPlain) kept.push(...all);
    }
    this.more.set(conditions, kept);
  }

  private offers(kind: Kind, name: string): boolean {
    return [...this.list(kind).options].some(({ value }) => value === name);
  }

  private named(member: "groups" | "topics", kind: Kind, labels: readonly Chosen[]): Pick<Conditions, "groups" | "topics"> {
    const only = this.list(kind).value;
    const all = [...(only === "" ? [] : [{ kind, rule: "any_of" as const, name: only }]), ...labels.filter((label) => label.kind === kind)];
    if (all.length === 0) return {};
    const rules: Named = {};
    for (const { rule, name } of all) rules[rule] = [...(rules[rule] ?? []), name];
    return { [member]: rules };
  }

  /** When a postcode counts that is not wholly inside. */
  reach(): Reach {
    return (boxes("#reach").find(({ checked }) => checked)?.value ?? "centre") as Reach;
  }

  /** The channels ticked; null where all are. */
  private channels(): Channel[] | null {
    const all = boxes("#channels");
    if (all.every(({ checked }) => checked)) return null;
    return CHANNELS.filter((channel) => all.some(({ checked, value }) => checked && value === channel));
  }

  private list(kind: Kind): HTMLSelectElement {
    return element(kind, HTMLSelectElement);
  }
}

function boxes(within: string): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>(`${within} input`)];
}
