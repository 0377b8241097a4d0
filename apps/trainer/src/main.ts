#!/usr/bin/env node
import { main } from './program.js';

process.exitCode = await main(process.argv.slice(2));
// TensorFlow's threads and an open control channel would keep the process alive.
process.exit();
