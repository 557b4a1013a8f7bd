/** The base of every error of this package. No message carries captured text. */
export class FlywheelError extends Error {
  override name = "FlywheelError";
}

/** What was passed cannot be sent at all: a required text is missing, or a value is not JSON. */
export class InvalidEvent extends FlywheelError {
  override name = "InvalidEvent";
}

/** The bounded queue had no room. Thrown only with `raiseErrors`; always counted. */
export class QueueFull extends FlywheelError {
  override name = "QueueFull";
}

/** Some queued events did not reach the server. Thrown by `flush` and `close` with `raiseErrors`. */
export class DeliveryFailed extends FlywheelError {
  override name = "DeliveryFailed";

  constructor(
    readonly refused: number,
    readonly dropped: number,
    readonly pending: number,
  ) {
    super(`${refused} events refused, ${dropped} dropped, ${pending} still pending`);
  }
}

/** The server could not be reached, or gave no usable answer, in the time allowed. */
export class Unreachable extends FlywheelError {
  override name = "Unreachable";
}

/** One entry of a problem's `errors`: where it is and what it is, never the value that was sent. */
export interface FieldError {
  pointer: string;
  code: string;
  detail: string;
}

/** The server answered, and refused (RFC 9457). */
export class ApiError extends FlywheelError {
  override name = "ApiError";

  constructor(
    readonly status: number,
    readonly title: string,
    readonly errors: readonly FieldError[] = [],
  ) {
    const places = errors.map((error) => `${error.pointer} ${error.code}`).join("; ");
    super(`${status} ${title}${places ? ` (${places})` : ""}`);
  }
}
