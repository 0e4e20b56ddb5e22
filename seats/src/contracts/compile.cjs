// Compiles the contracts beside this file and prints one JSON object: name -> {abi, creation, runtime}. Same compiler, same settings, same bytes.
// Usage: node compile.cjs FOLDER_OF_NODE_MODULES
const fs = require('fs');
const path = require('path');
const solc = require(path.join(process.argv[2], 'solc'));
const names = ['DepositGate', 'WithdrawalVault', 'VaultFactory', 'TreasuryRouter'];
const sources = {};
for (const name of names) {
  sources[name + '.sol'] = { content: fs.readFileSync(path.join(__dirname, name + '.sol'), 'utf8') };
}
const settings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: 'prague',
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
};
const answer = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })));
if ((answer.errors || []).length > 0) {
  for (const each of answer.errors) console.error(each.formattedMessage);
  process.exit(1);
}
const compiled = {};
for (const name of names) {
  const contract = answer.contracts[name + '.sol'][name];
  compiled[name] = {
    abi: contract.abi,
    creation: contract.evm.bytecode.object,
    runtime: contract.evm.deployedBytecode.object,
  };
}
console.log(JSON.stringify(compiled));
