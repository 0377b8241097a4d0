/** The native installation can't go on. `message` says what is missing and `remedy` how to get it. */
export class NativeInstallError extends Error {
  /**
   * @param {string} message
   * @param {string} remedy
   * @param {{ cause?: unknown }} [options]
   */
  constructor(message, remedy, options) {
    super(message, options);
    this.name = 'NativeInstallError';
    this.remedy = remedy;
  }
}
