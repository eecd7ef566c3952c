// The month on the map: a slider with buttons, which plays through months that are there.

import { element } from "../shared/elements";
import { _ } from "../shared/words";

const STEP_MS = 1_200;

export class MonthSlider {
  private readonly months: readonly string[];
  private readonly missing: ReadonlySet<string>;
  private readonly range = element("month-range", HTMLInputElement);
  private readonly playing = element("month-play", HTMLButtonElement);
  private timer = 0;

  constructor(given: DOMStringMap, private readonly changed: () => void) {
    this.months = (given["months"] ?? "").split(" ").filter(Boolean);
    this.missing = new Set((given["missing"] ?? "").split(" ").filter(Boolean));
    this.range.value = String(Math.max(0, this.months.indexOf(given["month"] ?? "")));
    this.range.addEventListener("input", () => {
      this.stop();
      this.tell();
    });
    element("month-back", HTMLElement).addEventListener("click", () => { this.stop(); this.step(-1); });
    element("month-on", HTMLElement).addEventListener("click", () => { this.stop(); this.step(1); });
    this.playing.addEventListener("click", () => { if (this.timer === 0) this.play(); else this.stop(); });
    element("map-slider", HTMLElement).hidden = this.months.length < 2;
    this.say();
  }

  get month(): string {
    return this.months[Number(this.range.value)] ?? "";
  }

  get isMissing(): boolean {
    return this.missing.has(this.month);
  }

  get words(): string {
    return this.wordsOf(this.month);
  }

  wordsOf(month: string): string {
    const language = document.documentElement.lang;
    return new Date(`${month}-01T12:00:00Z`).toLocaleDateString(language, { month: "long", year: "numeric" });
  }

  /** The month that comes next, where it is playing. */
  following(): string[] {
    const next = this.months[this.next(1)];
    return this.timer !== 0 && next !== undefined ? [next] : [];
  }

  stop(): void {
    window.clearInterval(this.timer);
    this.timer = 0;
    this.playing.textContent = _("Play");
    this.playing.setAttribute("aria-pressed", "false");
  }

  private play(): void {
    if (this.next(1) === -1) this.range.value = "0"; // from the beginning again
    this.timer = window.setInterval(() => this.step(1), STEP_MS);
    this.playing.textContent = _("Stop");
    this.playing.setAttribute("aria-pressed", "true");
    this.step(this.isMissing ? 1 : 0);
  }

  private step(by: number): void {
    const to = by === 0 ? Number(this.range.value) : this.next(by);
    if (to === -1) return this.stop();
    this.range.value = String(to);
    this.tell();
  }

  /** The next month in a direction that is there; -1 where there is none. */
  private next(by: number): number {
    let place = Number(this.range.value) + by;
    while (place in this.months && this.missing.has(this.months[place] ?? "")) place += by;
    return place in this.months ? place : -1;
  }

  private tell(): void {
    this.say();
    this.changed();
  }

  private say(): void {
    element("month-said", HTMLElement).textContent = this.words;
    this.range.setAttribute("aria-valuetext", this.words);
  }
}
