// Asking the server: one question at a time, and only the latest answer counts.

import { type Area, capitalised } from "./areas";

export type Channel = "email" | "text" | "voice";
export const CHANNELS: readonly Channel[] = ["email", "text", "voice"];

export interface Figures {
  people: number | null;
  places: number | null;
  deliveries: Partial<Record<Channel, number | null>>;
  by_team: { code: string; name: string; people: number | null }[];
  without_channel: number | null;
  withheld: boolean;
  explanation: string | null;
}

export interface Selection {
  area: Area;
  channels?: readonly Channel[];
}

export interface Unit {
  postcode: string;
  status: string;
  reason: string | null;
  longitude: number | null;
  latitude: number | null;
}

interface Problem {
  status: number;
  title: string;
  detail: string;
  errors?: { detail: string; pointer?: string }[];
}

/** What the server said is wrong, or what was typed, for people. */
export class RefusedError extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** The name of the field that holds it, where one does. */
    readonly field: string | null = null,
  ) {
    super(message);
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
  throw new RefusedError(await whyRefused(response), response.status);
}

async function whyRefused(response: Response): Promise<string> {
  if (response.status === 401) return "Your session has ended. Sign in again, then repeat this.";
  if (!response.headers.get("content-type")?.includes("json")) return "The server does not answer as it should.";
  const problem = (await response.json()) as Problem;
  const [first] = problem.errors ?? [];
  const text = first === undefined ? problem.detail : `${subjectOf(first)}${first.detail}`;
  return `${capitalised(text)}${/[.!?]$/.test(text) ? "" : "."}`;
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

/** The figures of one selection. */
export function askPreview(address: string, selection: Selection, init: RequestInit = {}): Promise<Figures> {
  const headers = { "Content-Type": "application/json" };
  return ask<Figures>(address, { method: "POST", headers, body: JSON.stringify(selection), ...init });
}

// A question that takes longer than this is given up when a newer one comes.
const PATIENCE_MS = 300;

/**
 * Sends questions one at a time. What comes while one is on its way waits, and only the last of them
 * is sent: figures move while a shape is dragged, and the last answer is that of the last question.
 */
export class Preview {
  private current: AbortController | null = null;
  private askedAt = 0;
  private waiting: Selection | null = null;

  constructor(
    private readonly address: string,
    private readonly show: (answer: Figures | Error) => void,
  ) {}

  ask(selection: Selection): void {
    this.waiting = selection;
    if (this.current === null) void this.next();
    else if (performance.now() - this.askedAt > PATIENCE_MS) this.current.abort();
  }

  /** Nothing is asked any more: no answer that is still on its way will be shown. */
  forget(): void {
    this.waiting = null;
    this.current?.abort();
  }

  private async next(): Promise<void> {
    const selection = this.waiting;
    if (selection === null) return;
    const current = new AbortController();
    [this.waiting, this.current, this.askedAt] = [null, current, performance.now()];
    const answer = await askPreview(this.address, selection, { signal: current.signal }).catch(
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    this.current = null;
    if (!current.signal.aborted) this.show(answer);
    await this.next();
  }
}
