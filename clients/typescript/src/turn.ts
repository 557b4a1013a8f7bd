import type { Agent, Consent, FeedbackFields, InteractionFields, Message, Signal, Source } from "./events.js";
import { uuid7 } from "./ids.js";

export type TurnFields = Omit<InteractionFields, "question" | "answer">;

/**
 * A running turn: set `answer`, or add to it with `say`, before it ends. `id` is the interaction's, known from the
 * beginning, so that it can go to the page with the first words.
 */
export class Turn {
  readonly id: string;
  answer = "";
  subject: string | undefined;
  session: string | undefined;
  consent: Consent | undefined;
  agent: Agent;
  context: Message[];
  sources: Source[];
  tags: string[];
  metadata: Record<string, unknown>;
  readonly occurredAt: Date | string;

  constructor(
    private readonly sendFeedback: (signal: Signal, fields: FeedbackFields) => string,
    readonly question: string,
    fields: TurnFields = {},
  ) {
    this.id = fields.id ?? uuid7();
    this.subject = fields.subject;
    this.session = fields.session;
    this.consent = fields.consent;
    this.agent = { ...fields.agent };
    this.context = [...(fields.context ?? [])];
    this.sources = [...(fields.sources ?? [])];
    this.tags = [...(fields.tags ?? [])];
    this.metadata = { ...fields.metadata };
    this.occurredAt = fields.occurredAt ?? new Date();
  }

  /** Add a piece of a streamed answer. */
  say(text: string): void {
    this.answer += text;
  }

  /** Queue a signal on this turn's answer. */
  feedback(signal: Signal, fields: FeedbackFields = {}): string {
    return this.sendFeedback(signal, fields);
  }

  /** The turn as an interaction. */
  fields(): InteractionFields {
    const some = <T extends object>(value: T): T | undefined => (Object.keys(value).length > 0 ? value : undefined);
    return {
      id: this.id,
      question: this.question,
      answer: this.answer,
      subject: this.subject,
      session: this.session,
      consent: this.consent,
      agent: some(this.agent),
      context: some(this.context),
      sources: some(this.sources),
      tags: some(this.tags),
      metadata: some(this.metadata),
      occurredAt: this.occurredAt,
    };
  }
}
