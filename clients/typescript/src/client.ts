import { ApiError, DeliveryFailed, FlywheelError, InvalidEvent, QueueFull, Unreachable } from "./errors.js";
import {
  feedbackEvent, interactionEvent, type Consent, type Event, type FeedbackFields, type InteractionFields, type Signal,
} from "./events.js";
import { uuid7 } from "./ids.js";
import { nothing, Outbox, type Stats } from "./outbox.js";
import { Sender } from "./sender.js";
import { call, isObject, isRetryable, refusal, serviceRoot, type Transport } from "./transport.js";
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

interface Process {
  env?: Record<string, string | undefined>;
  on?(name: "beforeExit", listener: () => void): void;
  off?(name: "beforeExit", listener: () => void): void;
}

const UNSENDABLE = "unsendable";
const UNANSWERED = "the turn ended without an answer";
const process = (globalThis as { process?: Process }).process;

/**
 * Captures in the background: what queues returns at once, and nothing throws into your product unless you ask. What is
 * queued is delivered when the process ends by itself. Before `process.exit()`, and where a platform freezes the process
 * after a response, await `flush()` or `close()`.
 */
export class Client {
  readonly #transport: Transport;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #exitTimeout: number;
  readonly #raiseErrors: boolean;
  readonly #atExit = (): void => void this.#drainAtExit();
  #told = { refused: 0, dropped: 0 };

  constructor(options: Options = {}) {
    const { batchSize = 100, maxQueue = 10_000, maxQueueBytes = 64_000_000, whenFull = "drop_oldest" } = options;
    this.#transport = {
      root: serviceRoot(setting(options.endpoint, "FLYWHEEL_ENDPOINT", "endpoint")),
      key: setting(options.key, "FLYWHEEL_KEY", "key").trim(),
      timeout: positive(options.timeout ?? 10_000, "timeout"),
      fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
    };
    if (positive(batchSize, "batchSize") > 1_000) throw new FlywheelError("batchSize must be between 1 and 1,000");
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
  interaction(fields: InteractionFields): string {
    return this.#queued(() => interactionEvent(fields), fields?.id);
  }

  /** Queue a signal on an interaction; returns the feedback's id at once. `edit` needs a `correction`. */
  feedback(interaction: string, signal: Signal, fields: FeedbackFields = {}): string {
    return this.#queued(() => feedbackEvent(interaction, signal, fields), fields.id);
  }

  /**
   * Run one user turn: `await client.turn(question, { subject }, async (turn) => { turn.answer = …; })`. It is captured
   * when the function ends, and with what it had said where that fails; its result and its error are yours.
   */
  async turn<T>(question: string, fields: TurnFields, run: (turn: Turn) => T | Promise<T>): Promise<T> {
    const turn: Turn = new Turn((signal: Signal, given: FeedbackFields): string => this.feedback(turn.id, signal, given), question, fields);
    let result: T;
    try {
      result = await run(turn);
    } catch (error) {
      turn.metadata.cut ??= "failed";
      if (turn.answer) this.interaction(turn.fields());
      throw error;
    }
    if (turn.answer) this.interaction(turn.fields());
    else this.#refuse(new InvalidEvent(UNANSWERED), UNANSWERED);
    return result;
  }

  /**
   * Store one interaction now and return the server's answer, with the token for a browser. If the server does not
   * answer in time, it is queued under the same id (`reason: "queued"`).
   */
  async record(fields: InteractionFields): Promise<Recorded> {
    let event: Event;
    try {
      event = interactionEvent(fields);
    } catch (error) {
      this.#refuse(error, UNSENDABLE);
      return { id: fields?.id ?? uuid7(), stored: false, reason: "refused" };
    }
    try {
      const recorded = recordedOf(event.id, await call(this.#transport, "POST", "/interactions", event.payload));
      this.#outbox.book({ ...nothing(), [recorded.stored ? "delivered" : "notConsented"]: 1 });
      return recorded;
    } catch (error) {
      if (mayComeLater(error) && !this.#raiseErrors) return { id: this.#offer(event), stored: false, reason: "queued" };
      const why = error instanceof ApiError ? refusal(error.status, error.errors[0]?.code) : "unreachable";
      this.#refuse(error, why);
      return { id: event.id, stored: false, reason: "refused" };
    }
  }

  /** Record what a person agreed to; returns the effective state. Always throws on failure. */
  consent(subject: string, purposes: Consent, more: { notice?: string; method?: string } = {}): Promise<unknown> {
    return this.#call("/consent", { subject, purposes, ...more });
  }

  /** Ask for erasure, access or withdrawal; returns `{id, status, due_at}`. Always throws on failure. */
  privacyRequest(subject: string, kind: "erasure" | "access" | "withdrawal"): Promise<unknown> {
    return this.#call("/privacy/requests", { subject, kind });
  }

  /** The person's own page; returns `{url, expires_at}`. Always throws on failure. */
  privacyLink(subject: string): Promise<unknown> {
    return this.#call("/privacy/link", { subject });
  }

  /** Counts of what was offered and what became of it. */
  stats(): Stats {
    return this.#outbox.stats();
  }

  /** Deliver what is queued; false if that many milliseconds were not enough. */
  async flush(milliseconds = 30_000): Promise<boolean> {
    const done = await this.#sender.drain(milliseconds);
    this.#check();
    return done;
  }

  /** Deliver what is pending within that time (by default `exitTimeout`), count the rest as dropped, and end. */
  async close(milliseconds: number = this.#exitTimeout): Promise<void> {
    await this.#sender.drain(milliseconds);
    this.#end();
    this.#check();
  }

  #call(path: string, body: object): Promise<unknown> {
    return call(this.#transport, "POST", path, JSON.stringify(body));
  }

  async #drainAtExit(): Promise<void> {
    if (this.#outbox.size > 0 && !(await this.#sender.drain(this.#exitTimeout))) this.#end();
  }

  #end(): void {
    process?.off?.("beforeExit", this.#atExit);
    this.#sender.stop();
    const lost = this.#outbox.giveUp();
    if (lost > 0) console.warn(`flywheel-client: ${lost} events dropped: not delivered before the end`);
  }

  #queued(make: () => Event, given: string | undefined): string {
    let event: Event;
    try {
      event = make();
    } catch (error) {
      this.#refuse(error, UNSENDABLE);
      return typeof given === "string" ? given : uuid7();
    }
    return this.#offer(event);
  }

  #offer(event: Event): string {
    const room = this.#outbox.offer(event);
    this.#sender.nudge();
    if (!room && this.#raiseErrors) {
      this.#told.dropped++;
      throw new QueueFull("the queue is full, or the client is closed");
    }
    return event.id;
  }

  /** Count what was never sent; with `raiseErrors` its caller is told now, and `close` need not. */
  #refuse(error: unknown, reason: string): void {
    this.#outbox.book({ ...nothing(), reasons: [reason] });
    if (this.#raiseErrors) {
      this.#told.refused++;
      throw error;
    }
    console.warn(`flywheel-client: 1 event refused: ${error instanceof FlywheelError ? error.message : reason}`);
  }

  #check(): void {
    const { refused, dropped, pending } = this.stats();
    const before = this.#told;
    this.#told = { refused, dropped };
    if (this.#raiseErrors && (refused > before.refused || dropped > before.dropped)) {
      throw new DeliveryFailed(refused - before.refused, dropped - before.dropped, pending);
    }
  }
}

function recordedOf(id: string, body: unknown): Recorded {
  const said = isObject(body) ? body : {};
  return {
    id,
    stored: said.stored === true,
    ...(typeof said.reason === "string" ? { reason: said.reason } : {}),
    ...(typeof said.feedback_token === "string" ? { feedbackToken: said.feedback_token } : {}),
    ...(isObject(said.redactions) ? { redactions: said.redactions as Record<string, number> } : {}),
  };
}

function mayComeLater(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof ApiError && (isRetryable(error.status) || error.status >= 500));
}

function setting(given: string | undefined, name: string, what: string): string {
  const found = given ?? process?.env?.[name] ?? "";
  if (!found.trim()) throw new FlywheelError(`there is no ${what}: pass it, or set ${name}`);
  return found;
}

function positive(value: number, name: string): number {
  if (!(value > 0)) throw new FlywheelError(`${name} must be positive`);
  return value;
}
