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
export declare const nothing: () => Outcome;
/** A queue bounded by count and by bytes, including the batch in flight, and its statistics. */
export declare class Outbox {
    #private;
    readonly maxItems: number;
    readonly maxBytes: number;
    readonly whenFull: "drop_oldest" | "refuse";
    constructor(maxItems: number, maxBytes: number, whenFull: "drop_oldest" | "refuse");
    get size(): number;
    /** Queue an event; false if there was no room. Events that gave way are counted as dropped. */
    offer(event: Event): boolean;
    /** Book events that never queued: unsendable ones, and those of a direct call. */
    book(outcome: Outcome): void;
    /** The next batch; empty if nothing waits. */
    take(maxItems: number, maxBytes: number): Event[];
    /** Book a batch's outcome; what must go again returns to the front, in order. */
    settle(outcome: Outcome): void;
    /** Close: count whatever is still pending as dropped. Returns how many. */
    giveUp(): number;
    stats(): Stats;
}
