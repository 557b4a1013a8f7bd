// What the client promises, against a server that fails on demand. Run by test_client.py, or: node --test tests/clients_typescript/
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { test } from "node:test";
import { Client, DeliveryFailed, InvalidEvent, QueueFull, SIGNALS } from "../../clients/typescript/dist/index.js";

const warnings = [];
console.warn = (text) => warnings.push(text);

/** A server of the contract: keeps what it is sent by its id, and fails as `faults` say. */
async function running(use, options = {}) {
  const state = { kept: new Map(), requests: 0, faults: [], most: 0 };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      state.requests++;
      const fault = state.faults.shift();
      if (fault?.lost) return answer(request, JSON.parse(body), state, { end: () => request.socket.destroy(), writeHead: () => {} });
      if (fault === "cut") return request.socket.destroy();
      if (fault) return respond(response, fault.status, fault.body ?? {}, fault.headers);
      if (request.headers.authorization !== "Bearer k") return respond(response, 401, { title: "Unauthorized", errors: [{ code: "bad_key" }] });
      answer(request, JSON.parse(body), state, response);
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const client = new Client({ endpoint, key: "k", flushInterval: 5, timeout: 2_000, ...options });
  try {
    await use(client, state, endpoint);
  } finally {
    await client.close(100).catch(() => {});
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  const book = client.stats();
  assert.equal(book.offered, book.pending + book.delivered + book.notConsented + book.refused + book.dropped);
}

function respond(response, status, body, headers = {}) {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

function answer(request, body, state, response) {
  if (request.url.endsWith("/batch")) {
    state.most = Math.max(state.most, body.items.length);
    if (body.items.some((item) => item.answer === "poison")) return respond(response, 500, {});
    const results = body.items.map((item) => {
      if (item.question === "bad") return { status: 400, error: { code: "too_long" } };
      if (item.consent?.capture === false) return { status: 200, stored: false, reason: "no_consent" };
      state.kept.set(item.id, item);
      return { status: 201, id: item.id };
    });
    return respond(response, 200, { results });
  }
  state.kept.set(body.id ?? request.url, body);
  respond(response, 201, { id: body.id, stored: true, feedback_token: "v1.t", redactions: { EMAIL: 1 }, url: "u" });
}

const talk = (number) => ({ question: `Q${number}`, answer: `A${number}` });

test("what is queued arrives in batches, each event once", () =>
  running(async (client, state) => {
    const ids = Array.from({ length: 250 }, (_, number) => client.interaction({ ...talk(number), subject: "u" }));
    client.feedback(ids[0], "thumbs_up", { subject: "u" });
    assert.equal(await client.flush(), true);
    assert.equal(state.kept.size, 251);
    assert.equal(client.stats().delivered, 251);
    assert.ok(state.most <= 100 && state.requests <= 4);
    assert.match(ids[0], /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.ok(ids[0] < ids[249] || ids[0].slice(0, 13) === ids[249].slice(0, 13));
  }));

test("it delivers by itself after the interval", () =>
  running(async (client, state) => {
    client.interaction(talk(1));
    for (let n = 0; n < 100 && state.kept.size === 0; n++) await new Promise((done) => setTimeout(done, 10));
    assert.equal(state.kept.size, 1);
  }));

for (const fault of ["cut", { lost: true }, { status: 503 }, { status: 429, headers: { "Retry-After": "0" } }, { status: 500 }]) {
  test(`it sends again after ${JSON.stringify(fault)}, and nothing is stored twice`, () =>
    running(async (client, state) => {
      state.faults = [fault];
      const id = client.interaction(talk(1));
      assert.equal(await client.flush(), true);
      assert.deepEqual([...state.kept.keys()], [id]);
      assert.deepEqual([client.stats().delivered, client.stats().retries], [1, 1]);
    }));
}

test("one event that the server fails on is set apart from its neighbours", () =>
  running(async (client, state) => {
    for (let n = 0; n < 7; n++) client.interaction(n === 3 ? { question: "Q", answer: "poison" } : talk(n));
    for (let n = 0; n < 400 && client.stats().delivered < 6; n++) await client.flush(20);
    assert.equal(client.stats().delivered, 6);
    assert.equal(state.kept.size, 6);
  }));

test("refusals and want of consent are counted with their reasons", () =>
  running(async (client) => {
    client.interaction({ question: "bad", answer: "A" });
    client.interaction({ ...talk(1), consent: { capture: false } });
    client.interaction(talk(2));
    await client.flush();
    const { delivered, notConsented, refused, reasons } = client.stats();
    assert.deepEqual([delivered, notConsented, refused, reasons], [1, 1, 1, { "400 too_long": 1 }]);
  }));

test("a wrong key refuses the batch and does not try for ever", () =>
  running(async (client) => {
    client.interaction(talk(1));
    assert.equal(await client.flush(), true);
    assert.deepEqual(client.stats().reasons, { "401 bad_key": 1 });
  }, { key: "wrong" }));

test("the queue is bounded by count and by bytes; the oldest gives way", () =>
  running(async (client, state) => {
    state.faults = Array(50).fill({ status: 503, headers: { "Retry-After": "60" } });
    for (let n = 0; n < 8; n++) client.interaction(talk(n));
    assert.deepEqual([client.stats().pending, client.stats().dropped], [5, 3]);
    client.interaction({ question: "Q", answer: "x".repeat(5_000) });
    assert.equal(client.stats().dropped, 4);
  }, { maxQueue: 5, maxQueueBytes: 2_000, flushInterval: 60_000 }));

test("a full queue refuses the new event where that is asked", () =>
  running(async (client) => {
    client.interaction(talk(1));
    assert.throws(() => client.interaction(talk(2)), QueueFull);
  }, { maxQueue: 1, whenFull: "refuse", raiseErrors: true, flushInterval: 60_000 }));

test("closing counts what could not be delivered", () =>
  running(async (client, state) => {
    state.faults = Array(50).fill({ status: 503, headers: { "Retry-After": "60" } });
    client.interaction(talk(1));
    await assert.rejects(client.close(50), DeliveryFailed);
    assert.deepEqual([client.stats().dropped, client.stats().pending], [1, 0]);
    assert.throws(() => client.interaction(talk(2)), QueueFull);
  }, { raiseErrors: true }));

test("record answers with the token, and queues where the server does not answer", () =>
  running(async (client, state) => {
    const recorded = await client.record(talk(1));
    assert.deepEqual([recorded.stored, recorded.feedbackToken, recorded.redactions], [true, "v1.t", { EMAIL: 1 }]);
    state.faults = [{ status: 503, headers: { "Retry-After": "60" } }];
    const queued = await client.record(talk(2));
    assert.deepEqual([queued.stored, queued.reason], [false, "queued"]);
    await client.flush();
    assert.ok(state.kept.has(queued.id));
    state.faults = [{ status: 409, body: { errors: [{ code: "conflict" }] } }];
    assert.equal((await client.record(talk(3))).reason, "refused");
    assert.deepEqual(client.stats().reasons, { "409 conflict": 1 });
  }));

test("a turn is captured when its function ends, and with what it had said where it fails", () =>
  running(async (client, state) => {
    const said = await client.turn("Is it open?", { subject: "u", session: "s" }, async (turn) => {
      turn.sources.push({ title: "Hours" });
      turn.say("Yes");
      turn.say(".");
      turn.feedback("thumbs_up");
      return turn.id;
    });
    await assert.rejects(client.turn("Q", {}, (turn) => { turn.answer = "So far"; throw new RangeError("x"); }), RangeError);
    await client.turn("Q", {}, () => {});
    await client.flush();
    const kept = [...state.kept.values()];
    const first = state.kept.get(said);
    assert.deepEqual([first.question, first.answer, first.subject, first.sources], ["Is it open?", "Yes.", "u", [{ title: "Hours" }]]);
    assert.deepEqual(kept.find((one) => one.answer === "So far").metadata, { cut: "failed" });
    assert.deepEqual(client.stats().reasons, { "the turn ended without an answer": 1 });
  }));

test("an unknown signal is refused by its name, and no value is repeated", () =>
  running(async (client) => {
    assert.throws(() => client.feedback("i", "thumbsup"), /no such signal: thumbsup\. There are: thumbs_up, /);
    assert.throws(() => client.feedback("i", "Anna likes it"), (error) => error instanceof InvalidEvent && !/Anna/.test(error.message));
    assert.throws(() => client.feedback("i", "edit"), /correction/);
    assert.throws(() => client.interaction({ question: 1, answer: "A" }), /question must be text/);
    assert.throws(() => client.interaction({ ...talk(1), metadata: { a: Number.NaN } }), /metadata/);
    assert.throws(() => client.interaction({ ...talk(1), subject: "a\0" }), /subject/);
  }, { raiseErrors: true }));

test("what cannot be sent in a text is sent as a question mark, and the rest arrives", () =>
  running(async (client, state) => {
    client.interaction({ question: "a\0b \ud83d c \ud83d\ude00", answer: "A", metadata: { "\0": ["\ud800"] }, occurredAt: new Date(0) });
    await client.flush();
    const [one] = state.kept.values();
    assert.deepEqual([one.question, one.metadata, one.occurred_at], ["a?b ? c 😀", { "?": ["?"] }, "1970-01-01T00:00:00.000Z"]);
  }));

test("an id of the caller's own comes with the same body each time", () =>
  running(async (client, state) => {
    client.interaction({ ...talk(1), id: "mine" });
    await client.flush();
    assert.deepEqual(state.kept.get("mine"), { type: "interaction", id: "mine", ...talk(1) });
  }));

test("settings come from the environment, and a missing one is named", () => {
  process.env.FLYWHEEL_ENDPOINT = "http://127.0.0.1:9/api/v1/";
  process.env.FLYWHEEL_KEY = "k";
  assert.ok(new Client());
  delete process.env.FLYWHEEL_KEY;
  assert.throws(() => new Client(), /FLYWHEEL_KEY/);
  assert.throws(() => new Client({ key: "k", endpoint: "ftp://x" }), /http/);
  delete process.env.FLYWHEEL_ENDPOINT;
  assert.throws(() => new Client({ key: "k" }), /FLYWHEEL_ENDPOINT/);
});

test("what is queued is delivered when the process ends by itself", () =>
  running(async (client, state, endpoint) => {
    const program = `
      import { Client } from ${JSON.stringify(new URL("../../clients/typescript/dist/index.js", import.meta.url).href)};
      new Client({ endpoint: ${JSON.stringify(endpoint)}, key: "k" }).interaction({ question: "Q", answer: "A" });`;
    await new Promise((done, failed) =>
      execFile(process.execPath, ["--input-type=module", "-e", program], (error) => (error ? failed(error) : done())),
    );
    assert.equal(state.kept.size, 1);
  }));

test("its signals can be listed", () => assert.ok(SIGNALS.includes("follow_up")));
test("nothing that was captured is in what it logs", () => assert.doesNotMatch(warnings.join("\n"), /Q\d|A\d|Anna/));
