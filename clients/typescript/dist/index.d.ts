export { Client, type Options, type Recorded } from "./client.js";
export { ApiError, DeliveryFailed, FlywheelError, InvalidEvent, QueueFull, Unreachable, type FieldError, } from "./errors.js";
export { SIGNALS, type Agent, type Consent, type FeedbackFields, type InteractionFields, type Message, type Purpose, type Signal, type Source, } from "./events.js";
export type { Stats } from "./outbox.js";
export { Turn, type TurnFields } from "./turn.js";
