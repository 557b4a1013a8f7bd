import { ApiError, FlywheelError, Unreachable } from "./errors.js";
export const API = "/api/v1";
const CODE = /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/;
/** The service's address without a trailing slash; the API's own address works too. */
export function serviceRoot(endpoint) {
    let url;
    try {
        url = new URL(endpoint.trim());
    }
    catch {
        url = undefined; // said below, with an example
    }
    if (!url || !["http:", "https:"].includes(url.protocol) || url.search || url.hash) {
        throw new FlywheelError("the endpoint must be an http(s) address such as https://flywheel.example.com");
    }
    const path = url.pathname.replace(/\/+$/, "");
    return url.origin + (path.endsWith(API) ? path.slice(0, -API.length) : path);
}
/** One request. Throws `Unreachable` if there was no answer. */
export async function request(transport, method, path, body, milliseconds = transport.timeout) {
    try {
        const response = await transport.fetch(transport.root + API + path, {
            method,
            headers: {
                Authorization: `Bearer ${transport.key}`,
                Accept: "application/json",
                ...(body === undefined ? {} : { "Content-Type": "application/json" }),
            },
            redirect: "manual",
            signal: AbortSignal.timeout(Math.max(1, Math.ceil(milliseconds))),
            ...(body === undefined ? {} : { body }),
        });
        const text = await response.text();
        return { status: response.status, body: parsed(text), retryAfter: waitOf(response.headers.get("Retry-After")) };
    }
    catch (error) {
        throw new Unreachable(`the server could not be reached (${error instanceof Error ? error.name : "error"})`);
    }
}
/** A direct call: tried again until it succeeds, is refused, or the time is over. */
export async function call(transport, method, path, body, milliseconds = transport.timeout) {
    const until = Date.now() + milliseconds;
    for (let tries = 1;; tries++) {
        let wait = backoff(tries);
        let failed;
        try {
            const answer = await request(transport, method, path, body, until - Date.now());
            if (answer.status >= 200 && answer.status < 300)
                return answer.body;
            failed = problem(answer);
            if (!isRetryable(answer.status))
                throw failed;
            wait = answer.retryAfter ?? wait;
        }
        catch (error) {
            if (!(error instanceof Unreachable))
                throw error;
            failed = error;
        }
        if (tries >= 4 || Date.now() + wait > until)
            throw failed;
        await new Promise((done) => setTimeout(done, wait));
    }
}
export function isRetryable(status) {
    return status === 408 || status === 425 || status === 429 || (status >= 502 && status <= 504);
}
/** Milliseconds before the next try, with jitter. */
export function backoff(failures) {
    return Math.min(30_000, 100 * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
}
export function problem(answer) {
    const said = isObject(answer.body) ? answer.body : {};
    const errors = (Array.isArray(said.errors) ? said.errors : []).filter(isObject).map((each) => ({
        pointer: String(each.pointer ?? ""),
        code: String(each.code ?? ""),
        detail: String(each.detail ?? ""),
    }));
    return new ApiError(answer.status, typeof said.title === "string" ? said.title : "", errors);
}
/** Why something was refused: the status and, if it is a code and not free text, the problem's code. */
export function refusal(status, code) {
    return typeof code === "string" && CODE.test(code) ? `${status} ${code}` : String(status);
}
export function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
function parsed(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined; // an answer that is not JSON says nothing
    }
}
function waitOf(header) {
    if (!header)
        return undefined;
    const given = Number(header);
    const wait = Number.isFinite(given) ? given * 1_000 : Date.parse(header) - Date.now();
    return Number.isFinite(wait) ? Math.min(Math.max(0, wait), 300_000) : undefined;
}
