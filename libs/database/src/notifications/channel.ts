const longestIdentifierBytes = 63;

/**
 * A channel name as it stands in LISTEN and UNLISTEN.
 *
 * @throws {RangeError} for a name that Postgres would cut off, and so mix up with others
 */
export function channelIdentifier(channel: string): string {
  const bytes = Buffer.byteLength(channel);
  if (bytes === 0 || bytes > longestIdentifierBytes) {
    throw new RangeError(
      `A channel name has 1 to ${longestIdentifierBytes} bytes; "${channel}" has ${bytes}`,
    );
  }
  return `"${channel.replaceAll('"', '""')}"`;
}
