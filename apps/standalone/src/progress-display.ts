import { Presets, SingleBar } from 'cli-progress';
import type { Event, Logs } from '@epochal/contracts';

type Display = (event: Event) => void;

const figures = (logs: Logs): string =>
  ['loss', 'val_loss']
    .filter((name) => logs[name] !== undefined)
    .map((name) => `${name} ${Number(logs[name]).toFixed(4)}`)
    .join('  ');

/** Shows a fit as Keras does, a bar an epoch; without a terminal, a line an epoch. */
export function progressDisplay(stream: NodeJS.WriteStream): Display {
  const shape = { epochs: 0, steps: 0 };
  const title = (epoch: number) =>
    `Epoch ${String(epoch + 1).padStart(String(shape.epochs).length)}/${shape.epochs}`;
  let bar: SingleBar | undefined;

  const openBar = (epoch: number) => {
    if (!stream.isTTY) return;
    bar = new SingleBar(
      { format: `${title(epoch)} {bar} {value}/{total}  {figures}`, stream, barsize: 30, hideCursor: true },
      Presets.shades_classic,
    );
    bar.start(shape.steps, 0, { figures: '' });
  };

  return (event) => {
    if (event.type === 'train_begin') Object.assign(shape, event.data);
    else if (event.type === 'epoch_begin') openBar(event.data.epoch);
    else if (event.type === 'train_batch_end')
      bar?.update(event.data.batch + 1, { figures: figures(event.data.logs) });
    else if (event.type === 'epoch_end') {
      const { epoch, logs, seconds } = event.data;
      bar?.update(shape.steps, { figures: figures(logs) });
      bar?.stop();
      if (!bar) stream.write(`${title(epoch)}  ${seconds.toFixed(2)} s  ${figures(logs)}\n`);
    }
  };
}
