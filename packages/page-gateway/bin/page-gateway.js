#!/usr/bin/env node
// The entry that npm puts on the PATH.
import { main } from '../dist/cli/main.js';

await main();
