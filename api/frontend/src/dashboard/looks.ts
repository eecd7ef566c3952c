// Answers for the map: those that were fetched are held; of several under way the latest counts.

import type { Look } from "../map/cells";
import { RefusedError, ask, pause } from "../shared/asking";
import { _ } from "../shared/words";

const MOST_HELD = 40;

export class Looks {
  private readonly held = new Map<string, Promise<Look>>();
  private latest = "";

  constructor(private readonly address: string) {}

  /** The answer of a state; null where another was asked for meanwhile, an error where it was refused. */
  async get(asked: URLSearchParams): Promise<Look | Error | null> {
    const query = asked.toString();
    this.latest = query;
    // Who slides passes many months: only where the hand rests is asked for.
    if (!this.held.has(query)) await pause(120, new AbortController().signal);
    if (this.latest !== query) return null;
    try {
      const answer = await this.fetch(query);
      return this.latest === query ? answer : null;
    } catch (error) {
      if (this.latest !== query) return null;
      return error instanceof RefusedError ? error : new Error(_("The server does not answer. Choose again to try once more."));
    }
  }

  /** Fetch what is likely to be wanted next; what fails is told when it is asked for. */
  prepare(next: readonly URLSearchParams[]): void {
    for (const one of next) this.fetch(one.toString()).catch(() => undefined);
  }

  private fetch(query: string): Promise<Look> {
    const known = this.held.get(query);
    if (known !== undefined) return known;
    const coming = this.asked(query);
    this.held.set(query, coming);
    coming.catch(() => this.held.delete(query));
    const [oldest] = this.held.keys();
    if (this.held.size > MOST_HELD && oldest !== undefined) this.held.delete(oldest);
    return coming;
  }

  private async asked(query: string): Promise<Look> {
    for (;;) {
      try {
        return await ask<Look>(`${this.address}?${query}`);
      } catch (error) {
        const waitS = error instanceof RefusedError ? error.againAfterS : null;
        if (waitS === null || this.latest !== query) throw error;
        await pause(1000 * waitS, new AbortController().signal);
      }
    }
  }
}
