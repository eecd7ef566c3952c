// Asking the server, and what it refuses, in words.

import type { MultiPolygon, Polygon } from "geojson";
import { capitalised } from "./figures";
import { _ } from "./words";

interface Problem {
  status: number;
  title: string;
  detail: string;
  errors?: { detail: string; pointer?: string; repaired?: Polygon | MultiPolygon }[];
}

const [OVERTAKEN, TOO_MANY, NOT_READY] = [409, 429, 503];

/** What the server said is wrong, or what was typed, for people. */
export class RefusedError extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** The name of the field that holds it, where one does. */
    readonly field: string | null = null,
    readonly more: { repaired?: Polygon | MultiPolygon | undefined; retryAfterS?: number } = {},
  ) {
    super(message);
  }

  /** Whether a newer question of this page came first. */
  get isOvertaken(): boolean {
    return this.status === OVERTAKEN;
  }

  /** After how many seconds the server wants to be asked the same again; null where it does not. */
  get againAfterS(): number | null {
    const told = this.more.retryAfterS ?? 0;
    const isBusy = this.status === TOO_MANY || (this.status === NOT_READY && told > 0);
    return isBusy ? Math.max(1, told) : null;
  }

  /** Whether it is about what was asked, and not about who asked or how often. */
  get isAboutTheArea(): boolean {
    return this.status === 404 || this.status === 422;
  }
}

/** The JSON answer to a request of this server. */
export async function ask<T>(address: string, init: RequestInit = {}): Promise<T> {
  const headers = { Accept: "application/json, application/problem+json", ...init.headers };
  const response = await fetch(address, { ...init, headers, credentials: "same-origin" });
  if (response.ok) return (await response.json()) as T;
  throw await refusal(response);
}

/** The same, asked again when the server wants that, so often at most; no more once it is called off. */
export async function askWhenReady<T>(address: string, init: RequestInit = {}, mostAgain = Infinity): Promise<T> {
  for (let again = 0; ; again += 1) {
    try {
      return await ask<T>(address, init);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.againAfterS === null || again >= mostAgain) throw error;
      await pause(1000 * error.againAfterS, init.signal ?? new AbortController().signal);
    }
  }
}

async function refusal(response: Response): Promise<RefusedError> {
  const refused = (message: string) => new RefusedError(message, response.status);
  if (response.status === 401) return refused(_("Your session has ended. Sign in again in another tab, then repeat this here: nothing on this page is lost."));
  if (!response.headers.get("content-type")?.includes("json")) return refused(_("The server does not answer as it should."));
  const problem = (await response.json()) as Problem;
  const [first] = problem.errors ?? [];
  const text = first === undefined ? problem.detail : `${subjectOf(first)}${first.detail}`;
  const message = `${capitalised(text)}${/[.!?]$/.test(text) ? "" : "."}`;
  const retryAfterS = Number(response.headers.get("retry-after") ?? 0);
  return new RefusedError(message, response.status, null, { repaired: first?.repaired, retryAfterS });
}

const SUBJECTS: Record<string, string> = {
  metres: "the distance",
  longitude: "the position’s longitude",
  latitude: "the position’s latitude",
};

/** Whom a fault speaks of, where its words lack a subject: "should be at most 200,000". */
function subjectOf({ detail, pointer = "" }: { detail: string; pointer?: string }): string {
  if (!/^(should|must|is|has|lacks) /.test(detail)) return "";
  const member = pointer.slice(pointer.lastIndexOf("/") + 1);
  return `${SUBJECTS[member] ?? (/^\d+$/.test(member) ? "its outline" : "it")} `;
}

/** Wait; shorter where something is called off. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    window.setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => resolve());
  });
}
