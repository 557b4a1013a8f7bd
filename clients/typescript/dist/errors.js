/** The base of every error of this package. No message carries captured text. */
export class FlywheelError extends Error {
    name = "FlywheelError";
}
/** What was passed cannot be sent at all: a required text is missing, or a value is not JSON. */
export class InvalidEvent extends FlywheelError {
    name = "InvalidEvent";
}
/** The bounded queue had no room. Thrown only with `raiseErrors`; always counted. */
export class QueueFull extends FlywheelError {
    name = "QueueFull";
}
/** Some queued events did not reach the server. Thrown by `flush` and `close` with `raiseErrors`. */
export class DeliveryFailed extends FlywheelError {
    refused;
    dropped;
    pending;
    name = "DeliveryFailed";
    constructor(refused, dropped, pending) {
        super(`${refused} events refused, ${dropped} dropped, ${pending} still pending`);
        this.refused = refused;
        this.dropped = dropped;
        this.pending = pending;
    }
}
/** The server could not be reached, or gave no usable answer, in the time allowed. */
export class Unreachable extends FlywheelError {
    name = "Unreachable";
}
/** The server answered, and refused (RFC 9457). */
export class ApiError extends FlywheelError {
    status;
    title;
    errors;
    name = "ApiError";
    constructor(status, title, errors = []) {
        const places = errors.map((error) => `${error.pointer} ${error.code}`).join("; ");
        super(`${status} ${title}${places ? ` (${places})` : ""}`);
        this.status = status;
        this.title = title;
        this.errors = errors;
    }
}
