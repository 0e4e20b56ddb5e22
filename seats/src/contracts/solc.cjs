#!/usr/bin/env node
// The compiler as forge calls one: it asks for the version, and compiles standard JSON. SOLC_MODULES names the folder of node_modules.
const path = require('path');
const solc = require(path.join(process.env.SOLC_MODULES, 'solc'));
if (process.argv.includes('--version')) {
  console.log('solc, the solidity compiler commandline interface\nVersion: ' + solc.version());
} else {
  process.stdout.write(solc.compile(require('fs').readFileSync(0, 'utf8')));
}
