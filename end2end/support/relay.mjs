// A real mail server (aiosmtpd) that wants STARTTLS and a password, and a wave
// of one office whose mails go through it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, healthy, program } from './program.mjs';

const PYTHON = join(homedir(), '.cache', 'ruecklauf', 'aiosmtpd', 'bin', 'python');
const SERVER = new URL('aiosmtpd_server.py', import.meta.url).pathname;

/** Starts the server; nothing where it is not installed. */
export async function startRelay() {
  if (!existsSync(PYTHON)) return null;
  const dir = mkdtempSync(join(tmpdir(), 'ruecklauf-relay-'));
  writeFileSync(join(dir, 'names'), 'subjectAltName=DNS:localhost\n');
  for (const command of [
    'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Test -keyout ca.key -out ca.pem',
    'req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout leaf.key -out leaf.csr',
    'x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out leaf.pem',
  ]) {
    execFileSync('openssl', command.split(' '), { cwd: dir, stdio: 'ignore' });
  }
  const folder = join(dir, 'mails');
  mkdirSync(folder);
  const port = await freePort();
  const child = spawn(PYTHON, [SERVER, String(port), 'leaf.pem', 'leaf.key', 'mails'], { cwd: dir, stdio: ['pipe', 'pipe', 'ignore'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    url: `smtp://iaw%40institut.example:gehe%21m%2F%C3%B6@localhost:${port}?tls=starttls`,
    authority: join(dir, 'ca.pem'),
    /** The mails it has taken, oldest first, as soon as there are so many. */
    mails: async (count) => {
      for (let turn = 0; turn < 300; turn += 1) {
        const names = readdirSync(folder).filter((name) => name.endsWith('.eml'));
        if (names.length >= count) {
          const age = (name) => statSync(join(folder, name)).mtimeMs;
          return names.sort((one, other) => age(one) - age(other)).map((name) => readFileSync(join(folder, name), 'utf8'));
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`the mail server never got ${count} mails`);
    },
    stop: () => {
      child.stdin.end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The program itself on a wave of one office that began ten days ago. */
export async function inTheField(relay) {
  const dir = mkdtempSync(join(tmpdir(), 'ruecklauf-field-'));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    DATABASE_URL: `sqlite:${join(dir, 'portal.db')}`,
    RUECKLAUF_ADDR: `127.0.0.1:${port}`,
    RUECKLAUF_BASE_URL: base,
    SMTP_URL: relay.url,
    RUECKLAUF_SMTP_CA: relay.authority,
  };
  const run = (...args) => execFileSync(program, args, { env, cwd: dir, stdio: 'pipe' });
  const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  writeFileSync(join(dir, 'register.csv'), 'kennung;name;form;land;kontakt_name;kontakt_email\nGS-1;ARGE Größenau;ARGE;Hessen;Eva Öhm;eva@groessenau.example\n');
  run('wave', 'add', '2026', '--stichtag', '2025-10-31', '--zeitraum', '2025', '--start', day(-10), '--deadline', day(30));
  run('units', 'import', 'register.csv', '--wave', '2026');
  run('wave', 'open', '2026');
  const child = spawn(program, ['serve'], { env, cwd: dir, stdio: 'ignore' });
  await healthy(base, child);
  return {
    base,
    stop: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
