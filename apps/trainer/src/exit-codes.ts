/** How the process ends. Whatever became of the job is said in a message; these are for those who did not get one. */
export const EXIT_CODES = {
  /** The last message is `succeeded`, `stopped` or `failed`. */
  told: 0,
  /** A mistake in this program; its stack is on standard error. */
  crashed: 1,
  /** The command line or the run spec is wrong. */
  usage: 2,
  /** The worker is gone, so nobody could be told. */
  workerGone: 3,
} as const;
