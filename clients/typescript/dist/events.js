import { InvalidEvent } from "./errors.js";
import { uuid7 } from "./ids.js";
export const SIGNALS = [
    "thumbs_up", "thumbs_down", "edit", "rating", "retry", "copy", "accept", "abandon", "follow_up",
];
const MAX_DEPTH = 32;
const UNSENDABLE = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const NAMES = ["id", "subject", "interaction"];
const PLAIN = /^[a-z][a-z_-]{0,39}$/;
const encoder = new TextEncoder();
export function interactionEvent(fields) {
    for (const name of ["question", "answer"]) {
        if (typeof fields?.[name] !== "string")
            throw new InvalidEvent(`an interaction's ${name} must be text`);
    }
    return event("interaction", { ...fields });
}
export function feedbackEvent(interaction, signal, fields = {}) {
    if (typeof interaction !== "string" || !interaction)
        throw new InvalidEvent("feedback names no interaction");
    if (!SIGNALS.includes(signal)) {
        const named = typeof signal === "string" && PLAIN.test(signal) ? `: ${signal}` : "";
        throw new InvalidEvent(`there is no such signal${named}. There are: ${SIGNALS.join(", ")}`);
    }
    if (signal === "edit" && !fields.correction)
        throw new InvalidEvent("an edit needs a correction");
    return event("feedback", { ...fields, interaction, signal });
}
/** The same event as an item of `POST /batch`. */
export function batchItem(event) {
    return `{"type":"${event.kind}",${event.payload.slice(1)}`;
}
function event(kind, given) {
    const { occurredAt, ...fields } = given;
    // The time is added only if the id is ours: a caller that repeats an id must send the same body.
    const ours = fields.id === undefined || fields.id === null;
    const body = present({ ...fields, id: ours ? uuid7() : fields.id, occurred_at: occurredAt ?? (ours ? new Date() : undefined) });
    if (typeof body.id !== "string" || !body.id)
        throw new InvalidEvent("an id must be text");
    const payload = JSON.stringify(sendable(body, "", 0));
    return { kind, id: body.id, payload, bytes: encoder.encode(payload).length };
}
function present(fields) {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
/** The value with its texts made sendable; throws `InvalidEvent`, which names the field and never the value. */
function sendable(value, place, depth) {
    if (typeof value === "string")
        return text(value, place, depth);
    if (typeof value === "number" && !Number.isFinite(value))
        throw new InvalidEvent(`${place} is NaN or not finite`);
    if (["number", "boolean", "undefined"].includes(typeof value) || value === null)
        return value;
    if (typeof value !== "object")
        throw new InvalidEvent(`${place} is not JSON (${typeof value})`);
    if (value instanceof Date) {
        if (Number.isNaN(value.getTime()))
            throw new InvalidEvent(`${place} is no time`);
        return value.toISOString();
    }
    if (depth >= MAX_DEPTH)
        throw new InvalidEvent(`${place} is nested deeper than ${MAX_DEPTH} levels`);
    if (Array.isArray(value))
        return value.map((item) => sendable(item, place, depth + 1));
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([name, item]) => [text(name, "", depth + 1), sendable(item, place || name, depth + 1)]));
}
function text(value, place, depth) {
    const clean = value.replace(UNSENDABLE, "?");
    if (clean !== value && depth === 1 && NAMES.includes(place)) {
        throw new InvalidEvent(`${place} holds a character that cannot be sent`);
    }
    return clean;
}
