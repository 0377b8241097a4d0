#!/usr/bin/env node
import { ControlRequests, listenForControl } from './channel/control-channel.js';
