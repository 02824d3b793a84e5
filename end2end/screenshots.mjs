// Screenshots for README, and of every page for looking at them:
//   make screenshots              those of README
//   node screenshots.mjs all      every page at 1280 and 320 pixels, light and dark, into build/
//   node screenshots.mjs print    every page as it comes out of the printer, as PDF, into build/
//   node screenshots.mjs mails    one mail of each kind: HTML part light and dark, text part, into build/
import { mkdirSync } from 'node:fs';
import { launch, newPage, ready, signIn } from './support/browser.mjs';
import { startProgram } from './support/program.mjs';

const wanted = process.argv[2];
const all = wanted === 'all';
const program = await startProgram({ complete: wanted === 'print' });
const browser = await launch();
const unit = (status, form = 'ARGE') => program.demo.units.find((one) => one.status === status && one.form === form);
const staff = (role) => program.demo.staff.find((one) => one.role === role);
const folder = wanted ? 'build' : 'screenshots';
mkdirSync(new URL(folder, import.meta.url), { recursive: true });
const target = (name) => new URL(`${folder}/${name}`, import.meta.url).pathname;

async function shoot(who, path, name, { width = 1280, dark = false, full = all, before } = {}) {
  const page = await newPage(browser, { width, dark });
  if (who) await signIn(page, program.base, who);
  await page.goto(`${program.base}${path}`);
  await ready(page);
  await before?.(page);
  const file = target(`${name}-${width}${dark ? '-dark' : ''}.png`);
  await page.screenshot({ path: file, fullPage: full });
  console.log(file);
  await page.context().close();
}

/** An error and a soft edit that fires. */
async function contradict(page) {
  await page.locator('#B1').fill('5.000');
  await page.locator('#B2').fill('12.5');
  await page.locator('#B3').fill('3.600');
  await page.locator('#B4').fill('1.000');
  await page.locator('#B5').focus();
  await page.waitForTimeout(1500);
}

/** What README shows of the institute: path and name of the picture. */
const INSTITUTE = [
  ['/institut', 'ruecklauf'],
  ['/institut/arbeitsliste', 'arbeitsliste'],
  ['/institut/faelle', 'faelle'],
  ['/institut/post', 'post'],
  ['/institut/ergebnisse', 'ergebnisse'],
];
const DESK = [
  ...INSTITUTE.map(([path]) => path.slice('/institut'.length)),
  '/quoten', '/panel', '/panel/einheiten', '/panel/verzeichnis', '/rueckfragen', '/konto',
  '/post/erinnern', '/post/ausgang', '/post/vorlagen', '/post/vorlagen/einladung',
  '/ergebnisse/wandel', '/ergebnisse/regeln', '/ergebnisse/variablen', '/ergebnisse/variablen/B1', '/ergebnisse/rueckmeldung?welle=2007',
  '/ergebnisse/export', '/verwaltung', '/verwaltung/konten', '/verwaltung/protokoll', '/verwaltung/aufbewahrung',
];
const CASE = ['', '/kontakte', '/rueckfrage', '/eingabe'];
const OFFICE = ['', '/A', '/D', '/H', '/I', '/J', '/pruefung', '/abgabe', '/druck', '/kollegen', '/konto'];
const RECEIVED = ['/quittung', '/druck', '/rueckmeldung'];
const OPEN = ['/anmelden', '/passwort-vergessen', '/impressum', '/datenschutz', '/barrierefreiheit', '/zugang/x'];
const named = (path) => path.slice(1).replaceAll(/[/?=]/g, '_');

/** Every page, and who looks at it. */
function* pages() {
  const started = unit('started');
  for (const path of OPEN) yield [null, path, named(path)];
  if (started) for (const path of OFFICE) yield [started, `/befragung${path}`, named(`/befragung${path}`)];
  for (const path of RECEIVED) yield [unit('usable'), `/befragung${path}`, named(`/abgegeben${path}`)];
  for (const path of DESK) yield [staff('admin'), `/institut${path}`, named(`/institut${path}`)];
  for (const path of CASE) yield [staff('admin'), `/institut/fall/${unit('usable').kennung}${path}`, named(`/fall${path}`)];
}

/** The earlier wave's feedback, for the offices to see. */
async function releaseFeedback() {
  const page = await newPage(browser);
  await signIn(page, program.base, staff('admin'));
  await page.goto(`${program.base}/institut/ergebnisse/rueckmeldung?welle=2007`);
  await page.getByLabel(/Ich habe die Tabellen unten geprüft/).check();
  await page.getByRole('button', { name: 'Rückmeldung freigeben' }).click();
  await page.context().close();
}

/** A page as it comes out of the printer. */
async function print(who, path, name) {
  const page = await newPage(browser);
  if (who) await signIn(page, program.base, who);
  await page.goto(`${program.base}${path}`);
  const file = target(`${name}.pdf`);
  await page.pdf({ path: file, format: 'A4', printBackground: true, preferCSSPageSize: true });
  console.log(file);
  await page.context().close();
}

/** The first mail of each kind, both parts, as mail programs show them. */
async function mails() {
  const desk = await newPage(browser);
  await signIn(desk, program.base, staff('admin'));
  const outbox = `${program.base}/institut/post/ausgang`;
  await desk.goto(outbox);
  const kinds = await desk.locator('select[name="art"] option').evaluateAll((all) => all.map((one) => one.value).filter(Boolean));
  for (const kind of kinds) {
    await desk.goto(`${outbox}?art=${kind}`);
    const first = desk.locator('tbody th a').first();
    if (!(await first.count())) continue;
    const mail = new URL(await first.getAttribute('href'), program.base).href;
    for (const [width, dark] of [[1280, false], [1280, true], [320, false], [320, true]]) {
      const reader = await newPage(browser, { width, dark, scripts: false });
      await reader.context().addCookies(await desk.context().cookies());
      await reader.goto(`${mail}/html`);
      await reader.screenshot({ path: target(`mail-${kind}-${width}${dark ? '-dark' : ''}.png`), fullPage: true });
      await reader.context().close();
    }
    await desk.goto(mail);
    await desk.locator('pre.mail').screenshot({ path: target(`mail-${kind}-text.png`) });
    console.log(kind);
  }
  await desk.context().close();
}

try {
  if (wanted === 'mails') {
    await mails();
  } else if (wanted === 'print') {
    await releaseFeedback();
    for (const page of pages()) await print(...page);
  } else if (all) {
    await releaseFeedback();
    for (const dark of [false, true]) {
      for (const width of [1280, 320]) {
        for (const [who, path, name] of pages()) await shoot(who, path, name, { width, dark });
        await shoot(unit('opened'), '/befragung/B', 'modul', { width, dark, before: contradict });
      }
    }
  } else {
    await shoot(unit('started'), '/befragung', 'uebersicht');
    await shoot(unit('opened'), '/befragung/B', 'modul', { before: contradict });
    await shoot(staff('editor'), `/institut/fall/${unit('usable').kennung}`, 'fall');
    for (const [path, name] of INSTITUTE) await shoot(staff('editor'), path, name);
  }
} finally {
  await browser.close();
  await program.stop();
}
