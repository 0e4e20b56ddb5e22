// BullMQ on the same Redis: bulk add, drain at a given concurrency, and the time from add to start when idle.
// node bullmq.mjs PORT JOBS ROUNDS CONCURRENCY SAMPLES WARM → one JSON line for each figure; WARM rounds come before and are not told.
import { createRequire } from 'node:module';
const require = createRequire(process.env.BULLMQ_HOME + '/');
const { Queue, Worker } = require('bullmq');

const [port, jobs, rounds, concurrency, samples, warm] = process.argv.slice(2).map(Number);
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
const queue = new Queue('bench', { connection });
const cpu = () => { const used = process.cpuUsage(); return used.user + used.system; };
const say = figure => console.log(JSON.stringify(figure));
const keep = { removeOnComplete: { count: 1000 }, removeOnFail: true };

for (let round = -warm; round < rounds; round++) {
  const tell = figure => { if (round >= 0) say(figure); };
  let began = process.hrtime.bigint(), spent = cpu();
  for (let i = 0; i < jobs; i += 1000) {
    await queue.addBulk(Array.from({ length: 1000 }, (_, k) => ({ name: 'noop', data: { n: i + k }, opts: keep })));
  }
  tell({ figure: 'bulk', seconds: Number(process.hrtime.bigint() - began) / 1e9, cpuMicros: cpu() - spent, count: jobs });

  began = process.hrtime.bigint(); spent = cpu();
  let done = 0, finish;
  const all = new Promise(resolve => { finish = resolve; });
  const worker = new Worker('bench', async job => job.data.n, { connection, concurrency });
  worker.on('completed', () => { if (++done === jobs) finish(); });
  await all;
  tell({ figure: 'drain', seconds: Number(process.hrtime.bigint() - began) / 1e9, cpuMicros: cpu() - spent, count: jobs });
  await worker.close();
}

const lateness = [];
let started;
const worker = new Worker('bench', async job => { lateness.push(Number(process.hrtime.bigint() - BigInt(job.data.at)) / 1e6); started(); },
  { connection, concurrency: 1 });
await worker.waitUntilReady();
for (let i = 0; i < samples; i++) {
  const ran = new Promise(resolve => { started = resolve; });
  await queue.add('noop', { at: process.hrtime.bigint().toString() }, keep);
  await ran;
}
lateness.sort((a, b) => a - b);
say({ figure: 'pickup', p50: lateness[samples >> 1], p99: lateness[Math.floor(samples * 0.99)], count: samples });
await worker.close();
await queue.close();
process.exit(0);
