// SPDX-License-Identifier: Apache-2.0
// What is kept in the browser, one key per item, so that two tabs writing at once never overwrite each other's.

const DAY = 864e5; // a feedback token lives a day, so nothing that needs one is kept for longer
const memory = new Map(); // what could not be stored, because storage is blocked or full
let disk;
try {
  disk = localStorage;
} catch {
  disk = undefined; // a sandboxed frame, or blocked storage: use this page's memory
}

export const keys = (prefix) =>
  [...new Set([...Object.keys(disk ?? {}), ...memory.keys()])].filter((key) => key.startsWith(prefix)).sort();

export const isStale = ({ at }) => !(Math.abs(Date.now() - at) < DAY);

export function drop(key) {
  memory.delete(key);
  disk?.removeItem(key);
}

export function write(key, value) {
  const text = JSON.stringify(value);
  try {
    disk.setItem(key, text);
    memory.delete(key);
  } catch {
    memory.set(key, text);
  }
}

/** What is kept under a key, or null. Anything that is not JSON is not ours, and is removed. */
export function read(key) {
  try {
    return JSON.parse(memory.get(key) ?? disk?.getItem(key) ?? null);
  } catch {
    drop(key);
    return null;
  }
}
