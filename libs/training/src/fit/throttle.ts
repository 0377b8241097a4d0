/** Thins batch events: lets one through when `interval` seconds have passed since the one before. */
export class Throttle {
  #last = -Infinity;

  constructor(private readonly intervalSeconds: number) {}

  /** Whether an event may be sent now; if so the time starts anew. */
  pass(): boolean {
    const now = performance.now() / 1000;
    if (now - this.#last < this.intervalSeconds) return false;
    this.#last = now;
    return true;
  }
}
