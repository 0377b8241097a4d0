const CARRIAGE_RETURN = 0x0d;
const NEWLINE = 0x0a;

/** Turns `\r\n` and `\r` into `\n`, as they come: files that went through several systems mix them. */
export class UniversalNewlines {
  #endsInReturn = false;

  convert(chunk: Buffer): Buffer {
    if (!this.#endsInReturn && !chunk.includes(CARRIAGE_RETURN)) return chunk;
    const result = Buffer.allocUnsafe(chunk.length);
    let length = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      const secondHalf = byte === NEWLINE && this.#endsInReturn;
      this.#endsInReturn = byte === CARRIAGE_RETURN;
      if (!secondHalf) result[length++] = this.#endsInReturn ? NEWLINE : byte;
    }
    return result.subarray(0, length);
  }
}
