// Asking for figures: one question at a time, and only the latest answer counts.

import { RefusedError, ask, pause } from "../shared/asking";
import type { Area, Shape } from "./areas";

export type Channel = "email" | "text" | "voice";
export const CHANNELS: readonly Channel[] = ["email", "text", "voice"];

export type Reach = "centre" | "any" | "whole";

/** People with a postcode wholly inside, with any that the area touches, and with one only on its edge. */
export interface Edge {
  low: number;
  high: number;
  people: number;
}

export interface Figures {
  question: number | null;
  /** The selection in plain words. */
  sentence: string;
  people: number;
  places: number;
  deliveries: Partial<Record<Channel, number>>;
  by_team: { code: string; name: string; people: number; error?: number | null }[];
  /** Why -> people who are meant, but are told nothing. */
  left_out: Record<string, number>;
  edge: Edge | null;
  /** Of an estimate, how far it may be off; null of an exact count. */
  error: number | null;
  /** The same of the other figures. */
  errors: { places: number; deliveries: Partial<Record<Channel, number>>; edge: Edge | null } | null;
  not_counted: string[];
  /** How wide circles are that hold so many people, by where they stand in the selection. */
  distances: { pointer: string; metres: number }[];
}

export type Rule = "any_of" | "all_of" | "none_of";

/** Who has any of these groups or topics, every one, or none. */
export type Named = Partial<Record<Rule, readonly string[]>>;

/** What a selection takes beside its area. */
export interface Conditions {
  reach?: Reach;
  channels?: readonly Channel[];
  groups?: Named;
  topics?: Named;
  joined?: { on_or_after?: string | null; before?: string | null };
  not_in_audiences?: readonly string[];
  cap?: { alerts: number; days: number } | null;
  urgent?: boolean;
  sample?: { size: number; seed?: number } | null;
  control?: { share: number; seed?: number } | null;
}

export interface Selection extends Conditions {
  area: Area;
}

export interface Unit {
  postcode: string;
  status: string;
  reason: string | null;
  longitude: number | null;
  latitude: number | null;
}

/** The figures of one selection. */
export function askPreview(address: string, selection: Selection, init: RequestInit = {}): Promise<Figures> {
  const headers = { "Content-Type": "application/json" };
  return ask<Figures>(address, { method: "POST", headers, body: JSON.stringify(selection), ...init });
}

// A question that takes longer than this is given up when a newer one comes.
const PATIENCE_MS = 1000;

interface Question {
  selection: Selection;
  /** What the selection was made of. */
  shapes: readonly Shape[];
}

/**
 * Sends questions one at a time. What comes while one is on its way waits, and only the last of them
 * is sent: figures move while a shape is dragged, and the last answer is that of the last question.
 *
 * Questions are numbered, and the server is told which page asks: it works on the latest of a page
 * only, and an answer that is older than the one shown is never shown, however late it comes.
 */
export class Preview {
  private readonly page = nameOfPage();
  private number = 0;
  private shown = 0;
  private current: AbortController | null = null;
  private askedAt = 0;
  private waiting: Question | null = null;

  constructor(
    private readonly address: string,
    private readonly show: (answer: Figures | Error, shapes: readonly Shape[]) => void,
  ) {}

  ask(selection: Selection, shapes: readonly Shape[]): void {
    this.waiting = { selection, shapes };
    if (this.current === null) void this.next();
    else if (performance.now() - this.askedAt > PATIENCE_MS) this.current.abort();
  }

  /** Nothing is asked any more: no answer that is still on its way will be shown. */
  forget(): void {
    this.waiting = null;
    this.current?.abort();
  }

  private async next(): Promise<void> {
    const question = this.waiting;
    if (question === null) return;
    const current = new AbortController();
    [this.waiting, this.current, this.askedAt] = [null, current, performance.now()];
    this.number += 1;
    const address = `${this.address}?page=${this.page}&question=${this.number}`;
    const answer = await askPreview(address, question.selection, { signal: current.signal }).catch(
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    if (!current.signal.aborted) await this.take(answer, question, current.signal);
    this.current = null;
    await this.next();
  }

  private async take(answer: Figures | Error, question: Question, signal: AbortSignal): Promise<void> {
    if (answer instanceof RefusedError && answer.againAfterS !== null) {
      // The server is busy: the question stands until a newer one takes its place.
      await pause(1000 * answer.againAfterS, signal);
      if (!signal.aborted) this.waiting ??= question;
    } else if (answer instanceof Error) {
      if (!(answer instanceof RefusedError && answer.isOvertaken)) this.show(answer, question.shapes);
    } else if ((answer.question ?? this.number) > this.shown) {
      this.shown = answer.question ?? this.number;
      this.show(answer, question.shapes);
    }
  }
}

function nameOfPage(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36)).join("");
}
