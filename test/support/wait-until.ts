/** Asks again until the answer is truthy, and returns it. @throws Error when it does not come in time */
export async function waitUntil<T>(
  what: string,
  ask: () => Promise<T> | T,
  timeoutMilliseconds = 60_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMilliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMilliseconds} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
