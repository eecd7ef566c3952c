// Keeping a target: saved under a name, changed by new versions, sent as a link, its versions listed.

import { RefusedError, ask } from "../shared/asking";
import { element } from "../shared/elements";
import { day } from "../shared/figures";
import { _ } from "../shared/words";
import type { Area } from "./areas";
import { LookFirstError, connected, need } from "./sending";
import type { Target } from "./mount";
import type { SavedArea } from "./saved";

interface Version {
  id: string;
  name: string;
  version: number;
  area: Area;
  sentence: string;
  saved_at: string;
  saved_by: string;
  note: string;
}

interface Saved extends Version {
  versions: Version[];
}

const ADDRESS = "/v1/saved-areas";
const CONFLICT = 409;

class Saving {
  private readonly told = element("kept-as", HTMLElement);
  private readonly nothing = this.told.textContent ?? "";
  private readonly name = element("area-name", HTMLInputElement);
  private readonly note = element("version-note", HTMLInputElement);
  private readonly link = element("area-link", HTMLInputElement);
  private saved: Saved | null = null;
  /** The target as it was when it was saved or opened, to tell whether it has changed since. */
  private kept: string | null = null;

  constructor(private readonly target: Target) {
    connected(element("save-area", HTMLFormElement), async () => {
      const name = this.name.value.trim();
      need(name !== "", "name", _("Type a name, so that others find the area."));
      this.take(await this.post(ADDRESS, { name }));
      this.name.value = "";
    });
    connected(element("save-version", HTMLFormElement), async () => {
      if (this.saved === null) return;
      const { version: before } = latestOf(this.saved);
      const saved = await this.postVersion(this.saved);
      this.take(saved);
      const { name, version } = saved;
      if (version === before) this.told.textContent = _("Nothing has changed since version {version} of “{name}”, so no new one was made.", { name, version });
      else this.note.value = "";
    });
    element("copy-link", HTMLButtonElement).addEventListener("click", () => this.copy());
    target.watch(() => this.tell());
    // What goes wrong there is told where the shapes are.
    target.opened.then((opened) => void (opened && this.open(opened)), () => undefined);
  }

  /** The page shows this saved area. */
  private async open({ id, version }: SavedArea): Promise<void> {
    this.kept = this.value();
    const saved = await ask<Saved>(`${ADDRESS}/${encodeURIComponent(id)}?version=${version}`).catch(() => null);
    if (saved === null) return;
    this.saved = saved;
    this.show(saved);
  }

  private async postVersion(saved: Saved): Promise<Saved> {
    const about = { note: this.note.value.trim(), from_version: latestOf(saved).version };
    try {
      return await this.post(`${ADDRESS}/${saved.id}/versions`, about);
    } catch (error) {
      if (!(error instanceof RefusedError && error.status === CONFLICT)) throw error;
      const now = await ask<Saved>(`${ADDRESS}/${saved.id}`);
      const { version, saved_by: by } = latestOf(now);
      if (version <= about.from_version) throw error;
      // Who has been told, and saves again, knows what they save after.
      this.show((this.saved = { ...saved, versions: now.versions }));
      const told = _("{who} saved version {version} meanwhile; yours is not saved yet. Look at theirs first. Saving again keeps yours as the version after it.", { who: nameOf(by), version });
      throw new LookFirstError(told, linkTo(saved.id, version));
    }
  }

  private async post(address: string, about: Record<string, string | number>): Promise<Saved> {
    const area = this.target.area();
    if (area === null) throw new RefusedError(_("There is no area yet: draw a shape on the map, or type one."), 422);
    const headers = { "Content-Type": "application/json" };
    return ask<Saved>(address, { method: "POST", headers, body: JSON.stringify({ ...about, area }) });
  }

  private take(saved: Saved): void {
    this.saved = saved;
    this.kept = this.value();
    this.target.keep();
    // What is loaded again, or sent on, is what was saved.
    history.replaceState(null, "", `/target?area=${saved.id}&version=${saved.version}`);
    this.show(saved);
  }

  private show({ id, version, versions }: Saved): void {
    element("save-version", HTMLFormElement).hidden = false;
    element("link-to-area", HTMLElement).hidden = false;
    element("area-versions", HTMLDetailsElement).hidden = false;
    this.link.value = new URL(`/target?area=${id}&version=${version}`, location.href).href;
    element("link-copied", HTMLElement).textContent = "";
    element("versions", HTMLOListElement).replaceChildren(...[...versions].reverse().map((one) => line(one, one.version === version)));
    this.tell();
  }

  private tell(): void {
    const { saved } = this;
    const [name, version] = [saved?.name ?? "", saved?.version ?? 0];
    const text =
      saved === null ? this.nothing
      : this.value() === this.kept ? _("Saved as “{name}”, version {version}. Saving keeps the area, not the filters.", { name, version })
      : _("Changed since version {version} of “{name}”.", { name, version });
    if (this.told.textContent !== text) this.told.textContent = text;
  }

  private value(): string {
    return JSON.stringify(this.target.area());
  }

  private copy(): void {
    const told = element("link-copied", HTMLElement);
    this.link.select();
    const isDone = navigator.clipboard?.writeText(this.link.value) ?? Promise.reject(new Error("no clipboard"));
    isDone.then(
      () => { told.textContent = _("Copied."); },
      () => { told.textContent = _("It is selected: copy it with Ctrl+C, or ⌘C on a Mac."); },
    );
  }
}

export function mountSaving(target: Target): void {
  new Saving(target);
}

function latestOf({ versions, ...shown }: Saved): { version: number; saved_by: string } {
  return versions.at(-1) ?? shown;
}

function nameOf(by: string): string {
  return by.replace(/^\w+:/, "");
}

/** To a version, in a tab of its own: what is drawn on this page stays. */
function linkTo(id: string, version: number): HTMLAnchorElement {
  const link = document.createElement("a");
  link.href = `/target?area=${id}&version=${version}`;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = _("Look at version {version} in a new tab", { version });
  return link;
}

function line({ id, version, sentence, saved_at: at, saved_by: by, note }: Version, isShown: boolean): HTMLLIElement {
  const item = document.createElement("li");
  const what = document.createElement(isShown ? "strong" : "a");
  if (what instanceof HTMLAnchorElement) what.href = `/target?area=${id}&version=${version}`;
  what.textContent = sentence;
  const told = _("{day}, {who}", { day: day(at), who: nameOf(by) });
  item.value = version;
  item.append(what, ` ${told}${note === "" ? "" : `: ${note}`}`);
  return item;
}
