import { ApiError, DeliveryFailed, FlywheelError, InvalidEvent, QueueFull, Unreachable } from "./errors.js";
import { feedbackEvent, interactionEvent, } from "./events.js";
import { uuid7 } from "./ids.js";
import { nothing, Outbox } from "./outbox.js";
import { Sender } from "./sender.js";
import { call, isObject, isRetryable, refusal, serviceRoot } from "./transport.js";
import { Turn } from "./turn.js";
const UNSENDABLE = "unsendable";
const UNANSWERED = "the turn ended without an answer";
const process = globalThis.process;
/**
 * Captures in the background: what queues returns at once, and nothing throws into your product unless you ask. What is
 * queued is delivered when the process ends by itself. Before `process.exit()`, and where a platform freezes the process
 * after a response, await `flush()` or `close()`.
 */
export class Client {
    #transport;
    #outbox;
    #sender;
    #exitTimeout;
    #raiseErrors;
    #atExit = () => void this.#drainAtExit();
    #told = { refused: 0, dropped: 0 };
    constructor(options = {}) {
        const { batchSize = 100, maxQueue = 10_000, maxQueueBytes = 64_000_000, whenFull = "drop_oldest" } = options;
        this.#transport = {
            root: serviceRoot(setting(options.endpoint, "FLYWHEEL_ENDPOINT", "endpoint")),
            key: setting(options.key, "FLYWHEEL_KEY", "key").trim(),
            timeout: positive(options.timeout ?? 10_000, "timeout"),
            fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
        };
        if (positive(batchSize, "batchSize") > 1_000)
            throw new FlywheelError("batchSize must be between 1 and 1,000");
        if (!["drop_oldest", "refuse"].includes(whenFull)) {
            throw new FlywheelError("whenFull must be drop_oldest or refuse");
        }
        const limits = { batchSize, flushInterval: options.flushInterval ?? 1_000 };
        this.#outbox = new Outbox(positive(maxQueue, "maxQueue"), positive(maxQueueBytes, "maxQueueBytes"), whenFull);
        this.#sender = new Sender(this.#outbox, this.#transport, limits);
        this.#exitTimeout = options.exitTimeout ?? 5_000;
        this.#raiseErrors = options.raiseErrors ?? false;
        process?.on?.("beforeExit", this.#atExit);
    }
    /** Queue a question and its answer; returns the interaction's id at once. */
    interaction(fields) {
        return this.#queued(() => interactionEvent(fields), fields?.id);
    }
    /** Queue a signal on an interaction; returns the feedback's id at once. `edit` needs a `correction`. */
    feedback(interaction, signal, fields = {}) {
        return this.#queued(() => feedbackEvent(interaction, signal, fields), fields.id);
    }
    /**
     * Run one user turn: `await client.turn(question, { subject }, async (turn) => { turn.answer = …; })`. It is captured
     * when the function ends, and with what it had said where that fails; its result and its error are yours.
     */
    async turn(question, fields, run) {
        const turn = new Turn((signal, given) => this.feedback(turn.id, signal, given), question, fields);
        let result;
        try {
            result = await run(turn);
        }
        catch (error) {
            turn.metadata.cut ??= "failed";
            if (turn.answer)
                this.interaction(turn.fields());
            throw error;
        }
        if (turn.answer)
            this.interaction(turn.fields());
        else
            this.#refuse(new InvalidEvent(UNANSWERED), UNANSWERED);
        return result;
    }
    /**
     * Store one interaction now and return the server's answer, with the token for a browser. If the server does not
     * answer in time, it is queued under the same id (`reason: "queued"`).
     */
    async record(fields) {
        let event;
        try {
            event = interactionEvent(fields);
        }
        catch (error) {
            this.#refuse(error, UNSENDABLE);
            return { id: fields?.id ?? uuid7(), stored: false, reason: "refused" };
        }
        try {
            const recorded = recordedOf(event.id, await call(this.#transport, "POST", "/interactions", event.payload));
            this.#outbox.book({ ...nothing(), [recorded.stored ? "delivered" : "notConsented"]: 1 });
            return recorded;
        }
        catch (error) {
            if (mayComeLater(error) && !this.#raiseErrors)
                return { id: this.#offer(event), stored: false, reason: "queued" };
            const why = error instanceof ApiError ? refusal(error.status, error.errors[0]?.code) : "unreachable";
            this.#refuse(error, why);
            return { id: event.id, stored: false, reason: "refused" };
        }
    }
    /** Record what a person agreed to; returns the effective state. Always throws on failure. */
    consent(subject, purposes, more = {}) {
        return this.#call("/consent", { subject, purposes, ...more });
    }
    /** Ask for erasure, access or withdrawal; returns `{id, status, due_at}`. Always throws on failure. */
    privacyRequest(subject, kind) {
        return this.#call("/privacy/requests", { subject, kind });
    }
    /** The person's own page; returns `{url, expires_at}`. Always throws on failure. */
    privacyLink(subject) {
        return this.#call("/privacy/link", { subject });
    }
    /** Counts of what was offered and what became of it. */
    stats() {
        return this.#outbox.stats();
    }
    /** Deliver what is queued; false if that many milliseconds were not enough. */
    async flush(milliseconds = 30_000) {
        const done = await this.#sender.drain(milliseconds);
        this.#check();
        return done;
    }
    /** Deliver what is pending within that time (by default `exitTimeout`), count the rest as dropped, and end. */
    async close(milliseconds = this.#exitTimeout) {
        await this.#sender.drain(milliseconds);
        this.#end();
        this.#check();
    }
    #call(path, body) {
        return call(this.#transport, "POST", path, JSON.stringify(body));
    }
    async #drainAtExit() {
        if (this.#outbox.size > 0 && !(await this.#sender.drain(this.#exitTimeout)))
            this.#end();
    }
    #end() {
        process?.off?.("beforeExit", this.#atExit);
        this.#sender.stop();
        const lost = this.#outbox.giveUp();
        if (lost > 0)
            console.warn(`flywheel-client: ${lost} events dropped: not delivered before the end`);
    }
    #queued(make, given) {
        let event;
        try {
            event = make();
        }
        catch (error) {
            this.#refuse(error, UNSENDABLE);
            return typeof given === "string" ? given : uuid7();
        }
        return this.#offer(event);
    }
    #offer(event) {
        const room = this.#outbox.offer(event);
        this.#sender.nudge();
        if (!room && this.#raiseErrors) {
            this.#told.dropped++;
            throw new QueueFull("the queue is full, or the client is closed");
        }
        return event.id;
    }
    /** Count what was never sent; with `raiseErrors` its caller is told now, and `close` need not. */
    #refuse(error, reason) {
        this.#outbox.book({ ...nothing(), reasons: [reason] });
        if (this.#raiseErrors) {
            this.#told.refused++;
            throw error;
        }
        console.warn(`flywheel-client: 1 event refused: ${error instanceof FlywheelError ? error.message : reason}`);
    }
    #check() {
        const { refused, dropped, pending } = this.stats();
        const before = this.#told;
        this.#told = { refused, dropped };
        if (this.#raiseErrors && (refused > before.refused || dropped > before.dropped)) {
            throw new DeliveryFailed(refused - before.refused, dropped - before.dropped, pending);
        }
    }
}
function recordedOf(id, body) {
    const said = isObject(body) ? body : {};
    return {
        id,
        stored: said.stored === true,
        ...(typeof said.reason === "string" ? { reason: said.reason } : {}),
        ...(typeof said.feedback_token === "string" ? { feedbackToken: said.feedback_token } : {}),
        ...(isObject(said.redactions) ? { redactions: said.redactions } : {}),
    };
}
function mayComeLater(error) {
    return error instanceof Unreachable || (error instanceof ApiError && (isRetryable(error.status) || error.status >= 500));
}
function setting(given, name, what) {
    const found = given ?? process?.env?.[name] ?? "";
    if (!found.trim())
        throw new FlywheelError(`there is no ${what}: pass it, or set ${name}`);
    return found;
}
function positive(value, name) {
    if (!(value > 0))
        throw new FlywheelError(`${name} must be positive`);
    return value;
}
