import { ApiError } from "./errors.js";
export declare const API = "/api/v1";
/** How requests reach the server. */
export interface Transport {
    readonly root: string;
    readonly key: string;
    readonly timeout: number;
    readonly fetch: typeof globalThis.fetch;
}
/** An answer that was read whole: its status, what it says, and after how many milliseconds to ask again. */
export interface Answer {
    status: number;
    body: unknown;
    retryAfter: number | undefined;
}
/** The service's address without a trailing slash; the API's own address works too. */
export declare function serviceRoot(endpoint: string): string;
/** One request. Throws `Unreachable` if there was no answer. */
export declare function request(transport: Transport, method: string, path: string, body?: string, milliseconds?: number): Promise<Answer>;
/** A direct call: tried again until it succeeds, is refused, or the time is over. */
export declare function call(transport: Transport, method: string, path: string, body?: string, milliseconds?: number): Promise<unknown>;
export declare function isRetryable(status: number): boolean;
/** Milliseconds before the next try, with jitter. */
export declare function backoff(failures: number): number;
export declare function problem(answer: Answer): ApiError;
/** Why something was refused: the status and, if it is a code and not free text, the problem's code. */
export declare function refusal(status: number, code: unknown): string;
export declare function isObject(value: unknown): value is Record<string, unknown>;
