export { Client } from "./client.js";
export { ApiError, DeliveryFailed, FlywheelError, InvalidEvent, QueueFull, Unreachable, } from "./errors.js";
export { SIGNALS, } from "./events.js";
export { Turn } from "./turn.js";
