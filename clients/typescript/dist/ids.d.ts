/** A UUIDv7: ids sort by time, and are made here so that sending again stores nothing new. */
export declare function uuid7(): string;
