// Screenshots for README, and of every page for looking at them:
//   make screenshots              those of README
//   node screenshots.mjs all      every page at 1280 and 320 pixels, light and dark, into build/
//   node screenshots.mjs print    what people print, as PDF, into build/
import { mkdirSync } from 'node:fs';
import { launch, newPage, ready, signIn } from './support/browser.mjs';
import { startProgram } from './support/program.mjs';

const wanted = process.argv[2];
const all = wanted === 'all';
const program = await startProgram({ complete: wanted === 'print' });
const browser = await launch();
const unit = (status, form = 'ARGE') => program.demo.units.find((one) => one.status === status && one.form === form);
const staff = program.demo.staff.find((one) => one.role === 'editor');
const folder = wanted ? 'build' : 'screenshots';
mkdirSync(new URL(folder, import.meta.url), { recursive: true });

async function shoot(who, path, name, { width = 1280, dark = false, full = all, before } = {}) {
  const page = await newPage(browser, { width, dark });
  if (who) await signIn(page, program.base, who);
  await page.goto(`${program.base}${path}`);
  await ready(page);
  await before?.(page);
  const file = new URL(`${folder}/${name}-${width}${dark ? '-dark' : ''}.png`, import.meta.url).pathname;
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
const FURTHER = [
  '/quoten', '/panel', '/panel/einheiten', '/panel/verzeichnis', '/rueckfragen', '/konto', '/post/erinnern', '/post/ausgang', '/post/texte',
  '/ergebnisse/wandel', '/ergebnisse/regeln', '/ergebnisse/variablen', '/ergebnisse/variablen/B1', '/ergebnisse/rueckmeldung', '/ergebnisse/export',
];
const CASE = ['', '/kontakte', '/rueckfrage', '/kollegen', '/eingabe'];
const OFFICE = ['', '/A', '/D', '/H', '/I', '/J', '/pruefung', '/abgabe', '/druck', '/kollegen'];
const named = (path) => path.slice(1).replaceAll('/', '_');

/** A page as it comes out of the printer. */
async function print(who, path, name) {
  const page = await newPage(browser);
  await signIn(page, program.base, who);
  await page.goto(`${program.base}${path}`);
  const file = new URL(`${folder}/${name}.pdf`, import.meta.url).pathname;
  await page.pdf({ path: file, format: 'A4', printBackground: true, preferCSSPageSize: true });
  console.log(file);
  await page.context().close();
}

async function everyPage(look) {
  for (const path of ['/anmelden', '/passwort-vergessen', '/datenschutz', '/zugang/x']) await shoot(null, path, named(path), look);
  for (const path of OFFICE) await shoot(unit('started'), `/befragung${path}`, named(`/befragung${path}`), look);
  await shoot(unit('usable'), '/befragung/quittung', 'quittung', look);
  for (const [path] of INSTITUTE) await shoot(staff, path, named(path), look);
  for (const path of FURTHER) await shoot(staff, `/institut${path}`, named(`/institut${path}`), look);
  const kennung = unit('usable').kennung;
  for (const path of CASE) await shoot(staff, `/institut/fall/${kennung}${path}`, named(`/fall${path}`), look);
  await shoot(unit('opened'), '/befragung/B', 'modul', { ...look, before: contradict });
}

try {
  if (wanted === 'print') {
    for (const path of ['', '/quoten', '/ergebnisse', '/ergebnisse/wandel', '/ergebnisse/variablen/B1', '/panel']) {
      await print(staff, `/institut${path}`, named(`/institut${path}`));
    }
    await print(staff, `/institut/fall/${unit('usable').kennung}`, 'fall');
    for (const path of ['/quittung', '/druck']) await print(unit('usable'), `/befragung${path}`, named(`/befragung${path}`));
  } else if (all) {
    for (const dark of [false, true]) for (const width of [1280, 320]) await everyPage({ width, dark });
  } else {
    await shoot(unit('started'), '/befragung', 'uebersicht');
    await shoot(unit('opened'), '/befragung/B', 'modul', { before: contradict });
    await shoot(staff, `/institut/fall/${unit('usable').kennung}`, 'fall');
    for (const [path, name] of INSTITUTE) await shoot(staff, path, name);
  }
} finally {
  await browser.close();
  await program.stop();
}
