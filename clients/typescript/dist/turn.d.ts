import type { Agent, Consent, FeedbackFields, InteractionFields, Message, Signal, Source } from "./events.js";
export type TurnFields = Omit<InteractionFields, "question" | "answer">;
/**
 * A running turn: set `answer`, or add to it with `say`, before it ends. `id` is the interaction's, known from the
 * beginning, so that it can go to the page with the first words.
 */
export declare class Turn {
    private readonly sendFeedback;
    readonly question: string;
    readonly id: string;
    answer: string;
    subject: string | undefined;
    session: string | undefined;
    consent: Consent | undefined;
    agent: Agent;
    context: Message[];
    sources: Source[];
    tags: string[];
    metadata: Record<string, unknown>;
    readonly occurredAt: Date | string;
    constructor(sendFeedback: (signal: Signal, fields: FeedbackFields) => string, question: string, fields?: TurnFields);
    /** Add a piece of a streamed answer. */
    say(text: string): void;
    /** Queue a signal on this turn's answer. */
    feedback(signal: Signal, fields?: FeedbackFields): string;
    /** The turn as an interaction. */
    fields(): InteractionFields;
}
