export declare const SIGNALS: readonly ["thumbs_up", "thumbs_down", "edit", "rating", "retry", "copy", "accept", "abandon", "follow_up"];
export type Signal = (typeof SIGNALS)[number];
export type Purpose = "capture" | "evaluation" | "training";
export type Consent = Partial<Record<Purpose, boolean>>;
/** One earlier turn. */
export interface Message {
    role: string;
    content: string;
}
/** A document that the agent answered from. */
export interface Source {
    id?: string;
    title?: string;
    url?: string;
    text?: string;
}
export interface Agent {
    name?: string;
    version?: string;
    model?: string;
    prompt?: string;
}
/** What `interaction` and `record` take. `subject` is your own user id; the server keeps a keyed hash of it. */
export interface InteractionFields {
    question: string;
    answer: string;
    id?: string | undefined;
    subject?: string | undefined;
    session?: string | undefined;
    context?: readonly Message[] | undefined;
    sources?: readonly Source[] | undefined;
    agent?: Agent | undefined;
    consent?: Consent | undefined;
    tags?: readonly string[] | undefined;
    metadata?: Record<string, unknown> | undefined;
    occurredAt?: Date | string | undefined;
}
/** What `feedback` takes besides the interaction and the signal. */
export interface FeedbackFields {
    id?: string | undefined;
    correction?: string | undefined;
    comment?: string | undefined;
    score?: number | undefined;
    subject?: string | undefined;
    occurredAt?: Date | string | undefined;
    /** Of an `edit`: what a tool call should have been; the call by its id, or its place from 0. */
    step?: {
        id?: string;
        index?: number;
        name?: string;
        arguments?: unknown;
    } | undefined;
}
/** One encoded event: every retry sends the same bytes under the same id. */
export interface Event {
    readonly kind: "interaction" | "feedback";
    readonly id: string;
    readonly payload: string;
    readonly bytes: number;
}
export declare function interactionEvent(fields: InteractionFields): Event;
export declare function feedbackEvent(interaction: string, signal: Signal, fields?: FeedbackFields): Event;
/** The same event as an item of `POST /batch`. */
export declare function batchItem(event: Event): string;
