/** The base of every error of this package. No message carries captured text. */
export declare class FlywheelError extends Error {
    name: string;
}
/** What was passed cannot be sent at all: a required text is missing, or a value is not JSON. */
export declare class InvalidEvent extends FlywheelError {
    name: string;
}
/** The bounded queue had no room. Thrown only with `raiseErrors`; always counted. */
export declare class QueueFull extends FlywheelError {
    name: string;
}
/** Some queued events did not reach the server. Thrown by `flush` and `close` with `raiseErrors`. */
export declare class DeliveryFailed extends FlywheelError {
    readonly refused: number;
    readonly dropped: number;
    readonly pending: number;
    name: string;
    constructor(refused: number, dropped: number, pending: number);
}
/** The server could not be reached, or gave no usable answer, in the time allowed. */
export declare class Unreachable extends FlywheelError {
    name: string;
}
/** One entry of a problem's `errors`: where it is and what it is, never the value that was sent. */
export interface FieldError {
    pointer: string;
    code: string;
    detail: string;
}
/** The server answered, and refused (RFC 9457). */
export declare class ApiError extends FlywheelError {
    readonly status: number;
    readonly title: string;
    readonly errors: readonly FieldError[];
    name: string;
    constructor(status: number, title: string, errors?: readonly FieldError[]);
}
