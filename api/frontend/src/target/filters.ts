// Groups and topics by which people are chosen: a list of each to choose one from, where there are any.

import { askWhenReady } from "../shared/asking";
import type { Named } from "./asking";
import { element } from "../shared/elements";

interface Label {
  kind: "group" | "topic";
  name: string;
  sensitive: boolean;
}

type Kind = Label["kind"];
const KINDS: readonly Kind[] = ["group", "topic"];

export class Filters {
  private readonly section = element("labels", HTMLElement);
  /** Says that both at once are not for this role; not there where they are. */
  private readonly oneOfBoth = document.getElementById("one-of-both");

  constructor() {
    if (this.oneOfBoth === null) return;
    for (const kind of KINDS) {
      const [chosen, others] = [this.list(kind), KINDS.filter((other) => other !== kind)];
      chosen.addEventListener("change", () => {
        if (chosen.value !== "") for (const other of others) this.list(other).value = "";
      });
    }
  }

  /** Offer those by which the role may filter; a kind of which there are none stays away. */
  async offer(address: string): Promise<void> {
    const { labels } = await askWhenReady<{ labels: Label[] }>(address);
    for (const kind of KINDS) {
      const names = labels.filter((label) => label.kind === kind);
      const options = names.map(({ name, sensitive }) => new Option(sensitive ? `${name} (sensitive)` : name, name));
      this.list(kind).append(...options);
      element(`only-${kind}`, HTMLElement).hidden = names.length === 0;
    }
    const kinds = new Set(labels.map(({ kind }) => kind));
    if (this.oneOfBoth !== null) this.oneOfBoth.hidden = kinds.size < KINDS.length;
    this.section.hidden = kinds.size === 0;
  }

  /** What is chosen, as selections have it. */
  chosen(): { groups?: Named; topics?: Named } {
    const [group, topic] = [this.list("group").value, this.list("topic").value];
    return {
      ...(group === "" ? {} : { groups: { any_of: [group] } }),
      ...(topic === "" ? {} : { topics: { any_of: [topic] } }),
    };
  }

  private list(kind: Kind): HTMLSelectElement {
    return element(kind, HTMLSelectElement);
  }
}
