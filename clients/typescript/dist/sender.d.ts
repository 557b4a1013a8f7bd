import { type Outbox } from "./outbox.js";
import { type Transport } from "./transport.js";
export interface Limits {
    batchSize: number;
    flushInterval: number;
}
/** Empties the outbox in the background, one batch at a time. Nothing in it throws. */
export declare class Sender {
    #private;
    private readonly outbox;
    private readonly transport;
    private readonly limits;
    constructor(outbox: Outbox, transport: Transport, limits: Limits);
    /** Send soon, or at once if a batch is full. */
    nudge(): void;
    /** Deliver what is queued; false if that many milliseconds were not enough. */
    drain(milliseconds: number): Promise<boolean>;
    stop(): void;
}
