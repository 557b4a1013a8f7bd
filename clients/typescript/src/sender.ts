import { Unreachable } from "./errors.js";
import { batchItem, type Event } from "./events.js";
import { nothing, type Outbox, type Outcome } from "./outbox.js";
import { backoff, isObject, isRetryable, problem, refusal, request, type Answer, type Transport } from "./transport.js";

export interface Limits {
  batchSize: number;
  flushInterval: number;
}

type Advice = "go on" | "wait" | "split" | "suspect";
type Delivery = [outcome: Outcome, advice: Advice, wait?: number | undefined];
// Refusals of the call itself (address, method, key, redirect): no event in the batch caused them.
const OF_THE_CALL = new Set([401, 403, 404, 405, 407, 410, 411, 415, 426]);
const BATCH_BYTES = 1_000_000;
// How often a batch that the server fails on is tried before it is halved. A single event gets more time, because a
// lasting failure is more likely the server's fault than the event's.
const TRIES_OF_A_BATCH = 3;
const TRIES_OF_AN_EVENT = 9;

/** Empties the outbox in the background, one batch at a time. Nothing in it throws. */
export class Sender {
  #batchSize: number;
  #failures = 0;
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake: (() => void) | undefined;
  #stopped = false;

  constructor(
    private readonly outbox: Outbox,
    private readonly transport: Transport,
    private readonly limits: Limits,
  ) {
    this.#batchSize = limits.batchSize;
  }

  /** Send soon, or at once if a batch is full. */
  nudge(): void {
    if (this.#running || this.#stopped) return;
    if (this.outbox.size >= this.#batchSize) this.#start();
    else this.#timer ??= later(() => this.#start(), this.limits.flushInterval);
  }

  /** Deliver what is queued; false if that many milliseconds were not enough. */
  async drain(milliseconds: number): Promise<boolean> {
    const until = Date.now() + milliseconds;
    this.#wake?.(); // a wait between tries ends early, once
    while (this.outbox.size > 0 && !this.#stopped) {
      const left = until - Date.now();
      if (left <= 0) return false;
      this.#start();
      // This timer keeps the process alive until everything is delivered.
      let over: ReturnType<typeof setTimeout> | undefined;
      await Promise.race([this.#running, new Promise((done) => (over = setTimeout(done, left)))]);
      clearTimeout(over);
    }
    return true;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#wake?.();
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.outbox.size > 0) this.nudge();
    });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const batch = this.outbox.take(this.#batchSize, BATCH_BYTES);
      if (batch.length === 0) return;
      await this.#conclude(batch, await deliver(this.transport, batch));
    }
  }

  async #conclude(batch: readonly Event[], [outcome, advice, wait]: Delivery): Promise<void> {
    if (advice === "go on") {
      this.#failures = 0;
      this.#batchSize = Math.min(this.limits.batchSize, this.#batchSize * 2);
      this.outbox.settle(outcome);
      return;
    }
    this.#failures++;
    const tries = batch.length === 1 ? TRIES_OF_AN_EVENT : TRIES_OF_A_BATCH;
    const hopeless = advice === "suspect" && this.#failures >= tries;
    let settled = outcome;
    if (advice === "split" || hopeless) {
      this.#failures = 0;
      if (batch.length === 1) settled = { ...nothing(), reasons: ["the server fails on it"] };
      else this.#batchSize = Math.max(1, Math.floor(batch.length / 2));
    }
    this.outbox.settle(settled);
    if (settled.again.length > 0 && advice !== "split") await this.#pause(wait ?? backoff(this.#failures || 1));
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      const over = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        done();
      };
      const timer = later(over, milliseconds);
      this.#wake = over;
    });
  }
}

/** A timer that does not keep the process: what waits is delivered when the process would end. */
function later(done: () => void, milliseconds: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(done, milliseconds);
  (timer as { unref?: () => void }).unref?.();
  return timer;
}

async function deliver(transport: Transport, batch: readonly Event[]): Promise<Delivery> {
  const again = { ...nothing(), again: [...batch] };
  let answer: Answer;
  try {
    answer = await request(transport, "POST", "/batch", `{"items":[${batch.map(batchItem).join(",")}]}`);
  } catch (error) {
    return [again, error instanceof Unreachable ? "wait" : "suspect"];
  }
  const { status, retryAfter } = answer;
  if ([500, 501, 505, 507].includes(status)) return [again, "suspect", retryAfter];
  if (isRetryable(status)) return [again, "wait", retryAfter];
  if (status >= 400 && status < 500 && !OF_THE_CALL.has(status) && batch.length > 1) return [again, "split"];
  if (status < 200 || status >= 300) {
    const why = refusal(status, problem(answer).errors[0]?.code);
    return [{ ...nothing(), reasons: batch.map(() => why) }, "go on"];
  }
  const results = isObject(answer.body) ? answer.body.results : undefined;
  if (!Array.isArray(results) || results.length !== batch.length) return [again, "suspect"];
  return sorted(batch, results, retryAfter);
}

function sorted(batch: readonly Event[], results: readonly unknown[], wait: number | undefined): Delivery {
  const outcome = nothing();
  for (const [place, event] of batch.entries()) {
    const result = results[place];
    const fields = isObject(result) ? result : {};
    const status = fields.status;
    if (typeof status !== "number" || isRetryable(status)) outcome.again.push(event);
    else if (status < 200 || status >= 300) {
      outcome.reasons.push(refusal(status, isObject(fields.error) ? fields.error.code : undefined));
    } else if (fields.stored === false || fields.reason === "no_consent") outcome.notConsented++;
    else outcome.delivered++;
  }
  // A single item that keeps failing must not block the queue for ever.
  return [outcome, outcome.again.length > 0 ? "suspect" : "go on", wait];
}
