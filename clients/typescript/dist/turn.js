import { uuid7 } from "./ids.js";
/**
 * A running turn: set `answer`, or add to it with `say`, before it ends. `id` is the interaction's, known from the
 * beginning, so that it can go to the page with the first words.
 */
export class Turn {
    sendFeedback;
    question;
    id;
    answer = "";
    subject;
    session;
    consent;
    agent;
    context;
    sources;
    tags;
    metadata;
    occurredAt;
    constructor(sendFeedback, question, fields = {}) {
        this.sendFeedback = sendFeedback;
        this.question = question;
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
    say(text) {
        this.answer += text;
    }
    /** Queue a signal on this turn's answer. */
    feedback(signal, fields = {}) {
        return this.sendFeedback(signal, fields);
    }
    /** The turn as an interaction. */
    fields() {
        const some = (value) => (Object.keys(value).length > 0 ? value : undefined);
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
