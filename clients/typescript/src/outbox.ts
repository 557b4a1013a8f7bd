import type { Event } from "./events.js";

/**
 * Counts since the client was made: `offered = pending + delivered + notConsented + refused + dropped`, always.
 * `reasons`: why events were refused, and how many each.
 */
export interface Stats {
  offered: number;
  pending: number;
  delivered: number;
  notConsented: number;
  refused: number;
  dropped: number;
  retries: number;
  reasons: Record<string, number>;
}

/** What became of one batch: every event of it is delivered, not consented, refused or to go again. */
export interface Outcome {
  delivered: number;
  notConsented: number;
  reasons: string[];
  again: Event[];
}

export const nothing = (): Outcome => ({ delivered: 0, notConsented: 0, reasons: [], again: [] });

/** A queue bounded by count and by bytes, including the batch in flight, and its statistics. */
export class Outbox {
  #waiting: Event[] = [];
  #flying: Event[] = [];
  #bytes = 0;
  #closed = false;
  #book = { offered: 0, delivered: 0, notConsented: 0, refused: 0, dropped: 0, retries: 0 };
  #reasons: Record<string, number> = {};

  constructor(
    readonly maxItems: number,
    readonly maxBytes: number,
    readonly whenFull: "drop_oldest" | "refuse",
  ) {}

  get size(): number {
    return this.#waiting.length + this.#flying.length;
  }

  /** Queue an event; false if there was no room. Events that gave way are counted as dropped. */
  offer(event: Event): boolean {
    this.#book.offered++;
    while (!this.#fits(event)) {
      const oldest = this.whenFull === "refuse" || event.bytes > this.maxBytes ? undefined : this.#waiting.shift();
      this.#book.dropped++;
      if (!oldest) return false;
      this.#bytes -= oldest.bytes;
    }
    this.#waiting.push(event);
    this.#bytes += event.bytes;
    return true;
  }

  /** Book events that never queued: unsendable ones, and those of a direct call. */
  book(outcome: Outcome): void {
    this.#book.offered += outcome.delivered + outcome.notConsented + outcome.reasons.length;
    this.#count(outcome);
  }

  /** The next batch; empty if nothing waits. */
  take(maxItems: number, maxBytes: number): Event[] {
    let bytes = 0;
    let count = 0;
    while (count < Math.min(maxItems, this.#waiting.length)) {
      bytes += this.#waiting[count]!.bytes;
      if (count > 0 && bytes > maxBytes) break;
      count++;
    }
    this.#flying = this.#waiting.splice(0, count);
    return this.#flying;
  }

  /** Book a batch's outcome; what must go again returns to the front, in order. */
  settle(outcome: Outcome): void {
    if (this.#closed) return; // it was already counted as dropped while its request still ran
    for (const event of this.#flying) this.#bytes -= event.bytes;
    this.#flying = [];
    this.#count(outcome);
    if (outcome.again.length > 0) {
      this.#book.retries++;
      this.#waiting.unshift(...outcome.again);
      for (const event of outcome.again) this.#bytes += event.bytes;
    }
  }

  /** Close: count whatever is still pending as dropped. Returns how many. */
  giveUp(): number {
    const lost = this.size;
    this.#book.dropped += lost;
    this.#waiting = [];
    this.#flying = [];
    this.#bytes = 0;
    this.#closed = true;
    return lost;
  }

  stats(): Stats {
    return { ...this.#book, pending: this.size, reasons: { ...this.#reasons } };
  }

  #count(outcome: Outcome): void {
    this.#book.delivered += outcome.delivered;
    this.#book.notConsented += outcome.notConsented;
    this.#book.refused += outcome.reasons.length;
    for (const reason of outcome.reasons) this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
  }

  #fits(event: Event): boolean {
    return !this.#closed && this.size < this.maxItems && this.#bytes + event.bytes <= this.maxBytes;
  }
}
