// What runs a JavaScript handler file in a process of its own; started by ports/handler_process.py.
//
//   node handler_runtime.mjs <file> <function> <descriptor>
//
// Reads calls from standard input, a line of JSON each; writes to the descriptor a line for each: `A` and the answer's
// JSON, or `E` and {errorType, errorMessage}, or `L` and the same as its last word. What the handler prints goes where
// standard output goes; where that is the descriptor, to standard error.

import { writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const [file, name, descriptor] = process.argv.slice(2);
if (descriptor === '1') process.stdout.write = process.stderr.write.bind(process.stderr);
let handler;
let current = null; // ends the call under way
let waiting = null; // what the callback was given, until the event loop is empty

function write(line) {
  let rest = Buffer.from(`${line}\n`);
  while (rest.length) {
    try {
      rest = rest.subarray(writeSync(Number(descriptor), rest));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

function failure(error) {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message };
  return { errorType: typeof error, errorMessage: String(error) };
}

async function load() {
  const module = await import(pathToFileURL(file).href);
  const found = module[name] ?? module.default?.[name];
  if (typeof found === 'function') return found;
  const error = new Error(`${basename(file).replace(/\.[^.]+$/, '')}.${name} is undefined or not exported`);
  error.name = 'Runtime.HandlerNotFound';
  throw error;
}

function context(call, end) {
  const deadline = performance.now() + call.limit * 1000;
  const parts = call.arn.split(':');
  const own = parts.length > 6 ? parts[6] : call.arn;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: own,
    functionVersion: '$LATEST',
    invokedFunctionArn: call.arn,
    memoryLimitInMB: '128',
    awsRequestId: call.requestId,
    logGroupName: `/aws/lambda/${own}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
    done: (error, result) => end(error ?? null, result),
    succeed: (result) => end(null, result),
    fail: (error) => end(error ?? new Error('handled')),
  };
}

// What the callback is given goes out when the event loop is empty: a handler that leaves something open, and has not
// set callbackWaitsForEmptyEventLoop to false, times out. Errors, promises and context.done do not wait.
function run(call) {
  return new Promise((resolve) => {
    const end = (error, result) => {
      if (current !== end) return; // the first word counts
      current = waiting = null;
      if (error !== null && error !== undefined) {
        console.error(error);
        write(`E${JSON.stringify(failure(error))}`);
      } else {
        let text;
        try {
          text = JSON.stringify(result ?? null) ?? 'null';
        } catch (problem) {
          text = null;
          write(`E${JSON.stringify({ errorType: 'Error', errorMessage: `Unable to stringify response body: ${problem.message}` })}`);
        }
        if (text !== null) write(`A${text}`);
      }
      resolve();
    };
    current = end;
    const told = context(call, end);
    const callback = (error, result) => {
      if (current !== end || waiting) return;
      if ((error ?? null) !== null || !told.callbackWaitsForEmptyEventLoop) end(error, result);
      else waiting = { result };
    };
    try {
      const returned = handler(call.event, told, callback);
      if (returned && typeof returned.then === 'function') {
        returned.then((result) => end(null, result), (error) => end(error ?? new Error('undefined')));
      }
    } catch (error) {
      end(error);
    }
  });
}

// A handler that computes without end keeps this thread from seeing that the caller has gone: another one looks.
const WATCH = `
setInterval(() => { if (process.ppid !== ${process.ppid}) process.kill(process.pid, 'SIGKILL'); }, 500);
`;
new Worker(WATCH, { eval: true }).unref();

process.chdir(dirname(file));
process.on('uncaughtException', (error) => {
  console.error(error);
  if (current) {
    current = null;
    write(`L${JSON.stringify(failure(error))}`);
  }
  process.exit(129);
});

const calls = [];
let busy = false;

async function work() {
  if (busy) return;
  busy = true;
  while (calls.length) {
    const call = calls.shift();
    try {
      handler ??= await load();
    } catch (error) {
      console.error(error);
      write(`L${JSON.stringify(failure(error))}`);
      process.exit(1);
    }
    process.stdin.unref(); // so that it shows when the handler has nothing more to do
    await run(call);
    process.stdin.ref();
  }
  busy = false;
}

process.on('beforeExit', () => {
  // Nothing is left to wait for, or that could answer: without a word from the callback Lambda answers null.
  if (!current) return;
  const end = current;
  process.stdin.ref();
  end(null, waiting?.result);
});

createInterface({ input: process.stdin })
  .on('line', (line) => {
    calls.push(JSON.parse(line));
    work();
  })
  .on('close', () => process.exit(0)); // the caller has gone
