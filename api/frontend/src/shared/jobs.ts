// What the server says of long work while it goes on, as server-sent events.

/** A job as an event tells it; `html` is its item of the list on the progress page. */
export interface Told {
  id: string;
  kind: string;
  status: "waiting" | "running" | "done" | "failed" | "cancelled";
  done: number;
  total: number | null;
  is_mine: boolean;
  html: string;
}

export interface Watcher {
  told(job: Told): void;
  /** Whether events come just now; false is also said when they do not any more. */
  live(isLive: boolean): void;
  signedOut(): void;
}

/** After this long it is tried again, when the server had no place for one more reader. */
const AGAIN_MS = 20_000;

/** Watch all jobs that the reader may see; gives how to stop. */
export function watchJobs(watcher: Watcher): () => void {
  let again: number | undefined;
  let source = open();

  function open(): EventSource {
    const opened = new EventSource("/progress/events");
    opened.addEventListener("open", () => watcher.live(true));
    opened.addEventListener("job", (event) => watcher.told(JSON.parse(event.data as string) as Told));
    opened.addEventListener("signed-out", () => {
      opened.close();
      watcher.signedOut();
    });
    opened.addEventListener("error", () => {
      watcher.live(false);
      // The browser itself tries again after a connection that was lost, and never after a refusal.
      if (opened.readyState === EventSource.CLOSED) {
        again = window.setTimeout(() => (source = open()), AGAIN_MS);
      }
    });
    return opened;
  }

  return () => {
    window.clearTimeout(again);
    source.close();
  };
}
