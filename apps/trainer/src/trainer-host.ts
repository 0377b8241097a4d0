import path from 'node:path';
import type { EventDraft, JsonObject, RunSpec } from '@epochal/contracts';
import { saveState, toWireLogs, type FitHost, type Request, type SavedCheckpoint } from '@epochal/training';
import type { ControlRequests } from './channel/control-requests.js';
import type { MessageChannel } from './channel/message-channel.js';
import { CheckpointSchedule } from './checkpoint/checkpoint-schedule.js';

export interface TrainerHostOptions {
  readonly messages: MessageChannel;
  readonly control: ControlRequests;
  readonly spec: RunSpec;
  readonly outputFolder: string;
  readonly device: string;
  /** What else a checkpoint must hold: the fitted preprocessing. */
  readonly metadata: JsonObject;
}

/** Connects training with the worker: events and checkpoints go out, requests come in. */
export class TrainerHost implements FitHost {
  readonly #schedule: CheckpointSchedule;
  readonly #paths = new Set<string>();

  constructor(private readonly options: TrainerHostOptions) {
    this.#schedule = new CheckpointSchedule(options.spec.checkpoints);
  }

  execution(mode: 'graph' | 'eager', reason: string | null): void {
    this.options.messages.send({ type: 'execution', mode, reason, device: this.options.device });
  }

  emit(event: EventDraft): void {
    this.options.messages.sendEvent(event);
  }

  poll(): Promise<Request> {
    const { control } = this.options;
    if (control.stop !== null) return Promise.resolve('stop');
    return Promise.resolve(control.takeCheckpoint() ? 'checkpoint' : 'continue');
  }

  isCheckpointDue(epochsCompleted: number): boolean {
    return this.#schedule.isDue(epochsCompleted);
  }

  async saveCheckpoint({ epoch, step, logs, final, state }: SavedCheckpoint): Promise<void> {
    const relative = this.#nextPath(epoch, step);
    await saveState(path.join(this.options.outputFolder, relative), state, this.options.metadata);
    this.#schedule.saved();
    this.options.messages.send({
      type: 'checkpoint',
      path: relative,
      epoch,
      step,
      logs: toWireLogs(logs),
      final,
    });
  }

  /** A path that was not used before: the worker may still be storing, and then removing, an earlier file. */
  #nextPath(epoch: number, step: number): string {
    const path = (suffix: string): string => `checkpoints/${epoch}-${step}${suffix}.safetensors`;
    let free = path('');
    for (let number = 2; this.#paths.has(free); number++) free = path(`-${number}`);
    this.#paths.add(free);
    return free;
  }
}
