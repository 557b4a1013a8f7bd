import { type Consent, type FeedbackFields, type InteractionFields, type Signal } from "./events.js";
import { type Stats } from "./outbox.js";
import { Turn, type TurnFields } from "./turn.js";
/** How a client is made. Times are milliseconds. */
export interface Options {
    /** The service's root; by default the environment's `FLYWHEEL_ENDPOINT`. */
    endpoint?: string;
    /** A key with the scopes `ingest` and `feedback`; by default `FLYWHEEL_KEY`. */
    key?: string;
    /** Per request; `record` takes no longer in all. 10,000. */
    timeout?: number;
    /** Events per request, at most 1,000. 100. */
    batchSize?: number;
    /** How long an event may wait for others. 1,000. */
    flushInterval?: number;
    /** How many events are held while the server is unreachable. 10,000. */
    maxQueue?: number;
    /** How many bytes are held. 64,000,000. */
    maxQueueBytes?: number;
    /** What gives way beyond that: the oldest event, or the new one. Both are counted. */
    whenFull?: "drop_oldest" | "refuse";
    /** How long the end of the process may wait for delivery. 5,000. */
    exitTimeout?: number;
    /** Throw `InvalidEvent`, `QueueFull` and, from `flush` and `close`, `DeliveryFailed`. */
    raiseErrors?: boolean;
    fetch?: typeof globalThis.fetch;
}
/** How `record` ended. `feedbackToken` opens the interaction to its reader's browser. */
export interface Recorded {
    id: string;
    stored: boolean;
    reason?: string;
    feedbackToken?: string;
    redactions?: Record<string, number>;
}
/**
 * Captures in the background: what queues returns at once, and nothing throws into your product unless you ask. What is
 * queued is delivered when the process ends by itself. Before `process.exit()`, and where a platform freezes the process
 * after a response, await `flush()` or `close()`.
 */
export declare class Client {
    #private;
    constructor(options?: Options);
    /** Queue a question and its answer; returns the interaction's id at once. */
    interaction(fields: InteractionFields): string;
    /** Queue a signal on an interaction; returns the feedback's id at once. `edit` needs a `correction`. */
    feedback(interaction: string, signal: Signal, fields?: FeedbackFields): string;
    /**
     * Run one user turn: `await client.turn(question, { subject }, async (turn) => { turn.answer = …; })`. It is captured
     * when the function ends, and with what it had said where that fails; its result and its error are yours.
     */
    turn<T>(question: string, fields: TurnFields, run: (turn: Turn) => T | Promise<T>): Promise<T>;
    /**
     * Store one interaction now and return the server's answer, with the token for a browser. If the server does not
     * answer in time, it is queued under the same id (`reason: "queued"`).
     */
    record(fields: InteractionFields): Promise<Recorded>;
    /** Record what a person agreed to; returns the effective state. Always throws on failure. */
    consent(subject: string, purposes: Consent, more?: {
        notice?: string;
        method?: string;
    }): Promise<unknown>;
    /** Ask for erasure, access or withdrawal; returns `{id, status, due_at}`. Always throws on failure. */
    privacyRequest(subject: string, kind: "erasure" | "access" | "withdrawal"): Promise<unknown>;
    /** The person's own page; returns `{url, expires_at}`. Always throws on failure. */
    privacyLink(subject: string): Promise<unknown>;
    /** Counts of what was offered and what became of it. */
    stats(): Stats;
    /** Deliver what is queued; false if that many milliseconds were not enough. */
    flush(milliseconds?: number): Promise<boolean>;
    /** Deliver what is pending within that time (by default `exitTimeout`), count the rest as dropped, and end. */
    close(milliseconds?: number): Promise<void>;
}
