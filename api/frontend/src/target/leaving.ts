// Leaving the page: what was drawn and is kept nowhere is lost with it, of which the browser warns.

export class Leaving {
  private kept: string | null = null;

  constructor(private readonly value: () => string | null) {
    window.addEventListener("beforeunload", (event) => {
      if (this.wouldLose) event.preventDefault();
    });
  }

  /** What is there now is kept elsewhere, or can be had again. */
  keep(): void {
    this.kept = this.value();
  }

  private get wouldLose(): boolean {
    const value = this.value();
    return value !== null && value !== this.kept;
  }
}
