// Asking for the audience of a target: what it is for and why that is lawful; then its own page.

import { RefusedError, ask } from "../shared/asking";
import { element } from "../shared/elements";
import { _ } from "../shared/words";
import { connected, need } from "./sending";
import type { Target } from "./mount";

export function mountRequest(target: Target): void {
  const [purpose, basis] = [element("purpose", HTMLTextAreaElement), element("lawful-basis", HTMLSelectElement)];
  connected(element("ask-audience", HTMLFormElement), async () => {
    const selection = target.selection();
    if (selection === null) throw new RefusedError(_("There is nobody to ask for yet: draw a shape on the map, or type one, and tick a channel."), 422);
    need(purpose.value.trim() !== "", "purpose", _("Say what the audience is for, in a few words."));
    need(basis.value !== "", "lawful_basis", _("Choose why it is lawful to tell these people."));
    const body = JSON.stringify({ selection, purpose: purpose.value.trim(), lawful_basis: basis.value });
    const headers = { "Content-Type": "application/json" };
    const { id } = await ask<{ id: string }>("/v1/audiences", { method: "POST", headers, body });
    target.keep();
    location.assign(`/audiences/${encodeURIComponent(id)}`);
  });
}
