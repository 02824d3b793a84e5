// Starts the real program on a demonstration data set of its own and ends it
// again by its process id. RUECKLAUF_BIN names the program.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const program = process.env.RUECKLAUF_BIN;
if (!program) throw new Error('RUECKLAUF_BIN must name the program to test');

/** A port nobody listens on at the moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Waits until `/healthz` answers or the time is up. */
export async function healthy(base, child, seconds = 30) {
  for (let attempt = 0; attempt < seconds * 20; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`);
    try {
      if ((await fetch(`${base}/healthz`)).ok) return;
    } catch {
      // not listening yet
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the program did not become healthy');
}

/** Program, data set and mail folder of one test file. */
export async function startProgram({ complete = false } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'ruecklauf-e2e-'));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    RUECKLAUF_ADDR: `127.0.0.1:${port}`,
    RUECKLAUF_BASE_URL: base,
  };
  const args = ['demo', '--dir', join(dir, 'demo'), '--no-serve', '--json'];
  if (complete) args.push('--complete');
  const demo = JSON.parse(execFileSync(program, args, { env, encoding: 'utf8', maxBuffer: 1 << 26 }));
  const log = [];
  const child = spawn(program, ['demo', '--dir', join(dir, 'demo')], { env, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => log.push(String(chunk)));
  await healthy(base, child).catch((error) => {
    throw new Error(`${error.message}\n${log.join('')}`);
  });
  return {
    base,
    demo,
    dir,
    /** The mails written so far, newest last. */
    mails: () => mails(join(dir, 'demo', 'post')),
    /** A mail server's report that one of them did not arrive (RFC 3464). */
    bounce: (source) => {
      const database = `sqlite:${join(dir, 'demo', 'ruecklauf.db')}`;
      execFileSync(program, ['mail', 'bounce'], { env: { ...env, DATABASE_URL: database }, cwd: dir, input: report(source) });
    },
    stop: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function report(source) {
  const id = /^Message-ID: (.*)$/im.exec(source)[1].trim();
  const part = (type, lines) => ['--b', `Content-Type: ${type}`, '', ...lines, ''].join('\r\n');
  return [
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n',
    part('message/delivery-status', ['Reporting-MTA: dns; relay.example', '', 'Action: failed', 'Status: 5.1.1']),
    part('text/rfc822-headers', [`Message-ID: ${id}`]),
    '--b--\r\n',
  ].join('');
}

function mails(folder) {
  let names = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.eml')).sort();
  } catch {
    return [];
  }
  return names.map((name) => ({ name, source: readFileSync(join(folder, name), 'utf8') }));
}

/** Text part of a mail, transfer encoding undone. */
export const mailText = (source) => part(source, 'text/plain');

/** HTML part of a mail, transfer encoding undone. */
export const mailHtml = (source) => part(source, 'text/html');

function part(source, kind) {
  const [head, ...rest] = source.replace(/\r\n/g, '\n').split('\n\n');
  const body = rest.join('\n\n');
  const boundary = /boundary="?([^"\n]+)"?/i.exec(head)?.[1];
  if (boundary) {
    const parts = body.split(`--${boundary}`).map((one) => one.replace(/^\n/, ''));
    return part(parts.find((one) => one.toLowerCase().includes(`content-type: ${kind}`)) ?? '\n\n', kind);
  }
  const encoding = /content-transfer-encoding:\s*(\S+)/i.exec(head)?.[1]?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding === 'quoted-printable') {
    const bytes = body.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
  }
  return body;
}
