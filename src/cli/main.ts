#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// What is compiled is kept, since a desktop client waits for `stdio` at every start: it saves a third of that.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/postern'));

const { carryOut } = await import('./commands.ts');
process.exitCode = await carryOut(process.argv.slice(2), process.env);
