// What a first visit and the next page transfer, as the browser counts it:
// heads and bodies as they come over the wire. `make transfer` prints it.
import { launch } from './support/browser.mjs';
import { startProgram } from './support/program.mjs';

const program = await startProgram();
const browser = await launch();

/** A browser that has never been here, but is signed in. */
async function signedIn({ login, password }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${program.base}/anmelden`);
  await page.getByLabel('Kennung oder E-Mail-Adresse').fill(login);
  await page.getByLabel('Passwort', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  const cookies = await context.cookies();
  await context.close();
  const fresh = await browser.newContext();
  await fresh.addCookies(cookies);
  return fresh.newPage();
}

/** Loads a page and adds up what came, by kind. */
async function visit(page, path) {
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  const kinds = new Map();
  const names = new Map();
  client.on('Network.responseReceived', ({ requestId, response, type }) => {
    if (!response.fromDiskCache) names.set(requestId, response.mimeType.split('/').at(-1) || type);
  });
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const name = names.get(requestId);
    if (name && encodedDataLength) kinds.set(name, (kinds.get(name) ?? 0) + encodedDataLength);
  });
  await page.goto(`${program.base}${path}`, { waitUntil: 'networkidle' });
  await client.detach();
  const total = [...kinds.values()].reduce((sum, size) => sum + size, 0);
  const parts = [...kinds].map(([name, size]) => `${name} ${kilobytes(size)}`).join(', ');
  return `${kilobytes(total)} kB (${parts})`;
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

try {
  const office = await signedIn(program.demo.units.find((one) => one.status === 'started'));
  console.log(`office, first visit, /befragung/D: ${await visit(office, '/befragung/D')}`);
  console.log(`office, next module, /befragung/E: ${await visit(office, '/befragung/E')}`);
  console.log(`office, overview, /befragung: ${await visit(office, '/befragung')}`);
  const staff = await signedIn(program.demo.staff.find((one) => one.role === 'editor'));
  console.log(`institute, first visit, /institut: ${await visit(staff, '/institut')}`);
  console.log(`institute, next page, one case: ${await visit(staff, `/institut/fall/${program.demo.units[0].kennung}`)}`);
} finally {
  await browser.close();
  await program.stop();
}
