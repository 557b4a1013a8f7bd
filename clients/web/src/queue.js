// SPDX-License-Identifier: Apache-2.0
// Everything is sent through this queue, in order. An item keeps its id, so it is safe to send it again.

import { drop, isStale, keys, read, write } from "./storage.js";

const QUEUE = "flywheel-feedback/queue/";
const LIMIT = 50;
const waiting = new Set(); // items that the page was told are waiting
let settle;
let tokenFor;
let last = 0;
let busy = false;
let failures = 0;
let timer;

/**
 * Start sending, beginning with what an earlier page left. `onSettled(outcome, item, status)` is called when an item is
 * done (`sent`, `unkept`, `error`) or has to wait (`queued`); `freshToken(interaction)` may return a newer token.
 */
export function start(onSettled, freshToken) {
  settle = onSettled;
  tokenFor = freshToken;
  addEventListener("online", flush);
  flush();
}

/** Waiting items, oldest first. Items that have waited for a day are dropped. */
export function pending() {
  const items = keys(QUEUE).map((key) => ({ ...read(key), key }));
  items.filter(isStale).forEach(giveUp);
  return items.filter((item) => !isStale(item));
}

export function enqueue(item) {
  last = Math.max(Date.now(), last + 1); // keys sort by time, also within one millisecond
  write(`${QUEUE}${last}-${item.id}`, { at: last, ...item });
  pending().slice(0, -LIMIT).forEach(giveUp);
  flush();
}

/** Take an item out before it is sent. False if the server may already know it. */
export function cancel(id) {
  const item = pending().find((one) => one.id === id);
  if (item) drop(item.key);
  return !!item && !item.tried;
}

function giveUp(item) {
  drop(item.key);
  settle("error", item, 0);
}

/** Send what can be sent. A pass lists the queue again for every step, so one pass at a time is enough. */
async function flush() {
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  const blocked = new Set(); // endpoints that asked us to wait, and interactions whose next item must not overtake
  const ready = (item) => {
    if (item.until > Date.now()) blocked.add(item.endpoint);
    return !blocked.has(item.endpoint) && !blocked.has(item.interaction);
  };
  for (let item; (item = pending().find(ready)); ) await deliver(item, blocked);
  busy = false;
  const left = pending();
  for (const item of left) {
    if (!waiting.has(item.key)) settle("queued", item);
    waiting.add(item.key);
  }
  if (!left.length) return;
  const backoff = Math.min(3e5, 1e3 * 2 ** failures) * (0.5 + Math.random() / 2);
  timer = setTimeout(flush, Math.max(backoff, Math.min(...left.map((item) => (item.until ?? 0) - Date.now()))));
}

async function deliver(item, blocked) {
  let status = 0;
  let wait = null;
  let kept = true;
  if (navigator.onLine !== false) {
    write(item.key, { ...item, tried: true });
    try {
      const answer = await request(item);
      status = answer.status;
      wait = answer.headers.get("Retry-After");
      kept = status !== 200 || (await answer.json().catch(() => ({}))).stored !== false;
    } catch {
      status = 0; // offline, timed out, or an origin that the project does not list: a browser tells no more
    }
  }
  if (status && status !== 408 && status !== 429 && status < 500) {
    drop(item.key);
    failures = 0;
    const absent = item.method === "DELETE" && (status === 404 || status === 410); // it is gone already, which is what we want
    settle(status < 300 || absent ? (kept ? "sent" : "unkept") : "error", item, status);
    return;
  }
  failures += 1;
  blocked.add(status && status !== 429 && !wait ? item.interaction : item.endpoint);
  const until = Date.now() + 1e3 * (+wait || (Date.parse(wait) - Date.now()) / 1e3);
  if (until && read(item.key)) write(item.key, { ...item, tried: true, until }); // unless it was withdrawn meanwhile
}

function request({ endpoint, id, interaction, method, token, body }) {
  return fetch(method === "DELETE" ? `${endpoint}/${id}` : endpoint, {
    method,
    body,
    headers: {
      Authorization: `Bearer ${tokenFor(interaction) || token}`,
      ...(body && { "Content-Type": "application/json" }),
    },
    credentials: "omit",
    referrerPolicy: "origin",
    keepalive: !(body?.length > 2e4), // survives a page that closes; browsers allow that for small bodies only
    signal: AbortSignal.timeout(2e4),
  });
}
