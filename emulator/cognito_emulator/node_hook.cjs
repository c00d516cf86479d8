'use strict';
/**
 * Sends the TLS connections of a Node program for AWS's Cognito names to the emulator, whatever opens them: https, fetch
 * (undici), the AWS SDK. Other connections are not touched. It is loaded before the program:
 *
 *     NODE_OPTIONS="--require /path/node_hook.cjs"     the path that `cognito-emulator node-hook` prints
 *     NODE_EXTRA_CA_CERTS=~/.cognito-emulator/tls/ca.pem
 *     COGNITO_EMULATOR_URL                             where the emulator is; http://localhost:9229 without it
 *     COGNITO_EMULATOR_HOSTS                           further names, separated by commas: custom domains of pools
 *
 * Each connection is a tunnel through the emulator's proxy (`--impersonate`). Names and certificates are checked as ever.
 */
const net = require('node:net');
const tls = require('node:tls');
const { Duplex } = require('node:stream');
const { syncBuiltinESMExports } = require('node:module');

const LONGEST_HEAD = 16 * 1024;
const emulator = new URL(process.env.COGNITO_EMULATOR_URL || 'http://localhost:9229');
const further = (process.env.COGNITO_EMULATOR_HOSTS || '').toLowerCase().split(',').filter(Boolean);
const region = '[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}';
const api = `(?:issuer-)?cognito-(?:idp|identity)(?:-fips)?\\.${region}\\.(?:amazonaws\\.com(?:\\.cn)?|api\\.aws)`;
const issuer = 'cognito-identity\\.amazonaws\\.com';
const domain = `[a-z0-9-]+\\.auth(?:-fips)?\\.${region}\\.amazoncognito\\.com`;
const amazon = new RegExp(`^(?:${api}|${issuer}|${domain})$`);

const isNamed = (host) => amazon.test(host) || further.includes(host);

/** The bytes of one TLS connection, in a tunnel through the proxy. */
class Tunnel extends Duplex {
  constructor(host) {
    super();
    this.host = host;
    this.socket = net.connect(Number(emulator.port) || 80, emulator.hostname.replace(/^\[|\]$/g, ''));
  }

  _construct(done) {
    const { socket, host } = this;
    let head = Buffer.alloc(0);
    const end = (error) => {
      socket.removeAllListeners();
      socket.on('error', (later) => this.destroy(later));
      done(error);
    };
    const hear = (chunk) => {
      head = Buffer.concat([head, chunk]);
      const at = head.indexOf('\r\n\r\n');
      if (at < 0 && head.length < LONGEST_HEAD) return;
      const [line] = head.toString('latin1').split('\r\n', 1);
      if (at < 0 || !/^HTTP\/1\.[01] 200 /.test(line)) {
        socket.destroy();
        end(new Error(`cognito-emulator at ${emulator.origin} does not serve ${host}: ${line}`));
        return;
      }
      end();
      socket.on('data', (part) => this.push(part) || socket.pause());
      socket.on('end', () => this.push(null));
      socket.on('close', () => this.destroy());
      if (head.length > at + 4) this.push(head.subarray(at + 4));
    };
    socket.on('data', hear);
    socket.on('error', end);
    socket.on('close', () => end(new Error(`cognito-emulator at ${emulator.origin} closed the connection`)));
    socket.on('connect', () => socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`));
  }

  _read() {
    this.socket.resume();
  }

  _write(chunk, encoding, done) {
    this.socket.write(chunk, done);
  }

  _final(done) {
    this.socket.end(done);
  }

  _destroy(error, done) {
    this.socket.destroy();
    done(error);
  }
}

/** The options and the callback of `tls.connect`, which takes them in several forms. */
function read(given) {
  const [first, second] = given;
  const options = Object.assign({}, ...given.filter((one) => one && typeof one === 'object'));
  if (typeof first !== 'object') options.port = first;
  if (typeof second === 'string') options.host = second;
  return [options, given.find((one) => typeof one === 'function')];
}

const connect = tls.connect;

tls.connect = function connectOrTunnel(...given) {
  const [options, callback] = read(given);
  const host = String(options.host ?? '').toLowerCase();
  if (options.socket || options.path || Number(options.port) !== 443 || !isNamed(host)) return connect(...given);
  const tunnel = new Tunnel(host);
  const secured = connect({ ...options, servername: options.servername || host, socket: tunnel }, callback);
  // An idle connection of a pool does not keep the program up.
  for (const name of ['ref', 'unref']) {
    const own = secured[name].bind(secured);
    secured[name] = () => {
      tunnel.socket[name]();
      return own();
    };
  }
  return secured;
};
syncBuiltinESMExports();

module.exports = { isNamed };
