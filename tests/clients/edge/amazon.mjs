/**
 * Lets HTTPS requests to Amazon's names reach the emulator: what a Lambda@Edge function finds in the DNS is on this
 * machine here. The packages are as they come from npm; names and certificates are checked as ever.
 */
import https from 'node:https';
import tls from 'node:tls';

export function reach(port) {
  class Local extends https.Agent {
    createConnection(options, done) {
      if (!/\.(amazoncognito|amazonaws)\.com$/.test(options.host)) throw new Error(`${options.host} is not Amazon's`);
      return tls.connect({ ...options, servername: options.host, host: '127.0.0.1', port }, done && (() => done(null)));
    }
  }
  https.globalAgent = new Local();
}
