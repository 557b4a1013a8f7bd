export const nothing = () => ({ delivered: 0, notConsented: 0, reasons: [], again: [] });
/** A queue bounded by count and by bytes, including the batch in flight, and its statistics. */
export class Outbox {
    maxItems;
    maxBytes;
    whenFull;
    #waiting = [];
    #flying = [];
    #bytes = 0;
    #closed = false;
    #book = { offered: 0, delivered: 0, notConsented: 0, refused: 0, dropped: 0, retries: 0 };
    #reasons = {};
    constructor(maxItems, maxBytes, whenFull) {
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
        this.whenFull = whenFull;
    }
    get size() {
        return this.#waiting.length + this.#flying.length;
    }
    /** Queue an event; false if there was no room. Events that gave way are counted as dropped. */
    offer(event) {
        this.#book.offered++;
        while (!this.#fits(event)) {
            const oldest = this.whenFull === "refuse" || event.bytes > this.maxBytes ? undefined : this.#waiting.shift();
            this.#book.dropped++;
            if (!oldest)
                return false;
            this.#bytes -= oldest.bytes;
        }
        this.#waiting.push(event);
        this.#bytes += event.bytes;
        return true;
    }
    /** Book events that never queued: unsendable ones, and those of a direct call. */
    book(outcome) {
        this.#book.offered += outcome.delivered + outcome.notConsented + outcome.reasons.length;
        this.#count(outcome);
    }
    /** The next batch; empty if nothing waits. */
    take(maxItems, maxBytes) {
        let bytes = 0;
        let count = 0;
        while (count < Math.min(maxItems, this.#waiting.length)) {
            bytes += this.#waiting[count].bytes;
            if (count > 0 && bytes > maxBytes)
                break;
            count++;
        }
        this.#flying = this.#waiting.splice(0, count);
        return this.#flying;
    }
    /** Book a batch's outcome; what must go again returns to the front, in order. */
    settle(outcome) {
        if (this.#closed)
            return; // it was already counted as dropped while its request still ran
        for (const event of this.#flying)
            this.#bytes -= event.bytes;
        this.#flying = [];
        this.#count(outcome);
        if (outcome.again.length > 0) {
            this.#book.retries++;
            this.#waiting.unshift(...outcome.again);
            for (const event of outcome.again)
                this.#bytes += event.bytes;
        }
    }
    /** Close: count whatever is still pending as dropped. Returns how many. */
    giveUp() {
        const lost = this.size;
        this.#book.dropped += lost;
        this.#waiting = [];
        this.#flying = [];
        this.#bytes = 0;
        this.#closed = true;
        return lost;
    }
    stats() {
        return { ...this.#book, pending: this.size, reasons: { ...this.#reasons } };
    }
    #count(outcome) {
        this.#book.delivered += outcome.delivered;
        this.#book.notConsented += outcome.notConsented;
        this.#book.refused += outcome.reasons.length;
        for (const reason of outcome.reasons)
            this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
    }
    #fits(event) {
        return !this.#closed && this.size < this.maxItems && this.#bytes + event.bytes <= this.maxBytes;
    }
}
