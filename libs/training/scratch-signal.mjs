import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { spawn } from 'node:child_process';
loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('SIGUSR2', () => {});
const K = Number(process.argv[2]);
spawn('sh', ['-c', `i=0; while [ $i -lt 200000 ]; do kill -USR2 ${process.pid} || exit; i=$((i+1)); done`]);
await new Promise((r) => setTimeout(r, 200));
const x = tf.ones([K, 13]),
  w = tf.ones([13, 30]),
  dy = tf.ones([K, 30]);
const t = performance.now();
let n = 0;
while (performance.now() - t < 6000) {
  for (const c of [tf.matMul(x, w), tf.matMul(x, dy, true), tf.matMul(dy, w, false, true)]) {
    c.dataSync();
    c.dispose();
    n++;
  }
  await new Promise((r) => setImmediate(r));
}
console.log('fine', n);
process.exit();
