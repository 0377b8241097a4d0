/**
 * Names of metrics in the logs, as `keras.src.trainers.compile_utils.CompileMetrics` makes them: with several outputs the output's name
 * comes first; a name that is taken gets a number, and one of weighted_metrics first gets `weighted_`.
 */
export class LogNames {
  readonly #taken = new Map<string, number>();

  constructor(private readonly outputs: readonly string[]) {}

  metric(output: number, name: string, field: 'metrics' | 'weighted_metrics'): string {
    const ofOutput = (bare: string): string =>
      this.outputs.length > 1 ? `${this.outputs[output]}_${bare}` : bare;
    const plain = ofOutput(name);
    if (!this.#taken.has(plain)) return this.#take(plain);
    const wanted = field === 'metrics' ? plain : ofOutput(`weighted_${name}`);
    if (!this.#taken.has(wanted)) return this.#take(wanted);
    const number = this.#taken.get(wanted)!;
    this.#taken.set(wanted, number + 1);
    return `${wanted}_${number}`;
  }

  #take(name: string): string {
    this.#taken.set(name, 1);
    return name;
  }
}
