// Returns at a glance: sound in every state, usable without scripts, and alive:
// one office submits, the institute's figures change while somebody looks.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MODULES, SPECIALISED_ARGE } from '../support/answers.mjs';
import { assertNoSidewaysScroll, assertSound, launch, newPage, signIn } from '../support/browser.mjs';
import { fillModule } from '../support/fill.mjs';
import { startProgram } from '../support/program.mjs';

describe('returns', () => {
  let program;
  let browser;
  before(async () => {
    program = await startProgram();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  const staff = (role) => program.demo.staff.find((one) => one.role === role);
  const STATES = [
    '/institut',
    '/institut?welle=2007',
    '/institut?welle=2006&tag=2006-03-01',
    '/institut?welle=2008&tag=kein-tag',
    '/institut/quoten',
    '/institut/quoten?welle=2006',
  ];

  for (const width of [1280, 320]) {
    for (const dark of [false, true]) {
      test(`sound at ${width} pixels, ${dark ? 'dark' : 'light'}`, async () => {
        const page = await newPage(browser, { width, dark });
        await signIn(page, program.base, staff('admin'));
        for (const path of STATES) {
          await page.goto(`${program.base}${path}`);
          await assertSound(page, path);
          // Everything unfolded, too.
          await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
          await assertSound(page, `${path}, unfolded`);
        }
        await page.context().close();
      });
    }
  }

  test('on paper the charts and their numbers stand there, nothing to press', async () => {
    const page = await newPage(browser);
    await signIn(page, program.base, staff('viewer'));
    await page.goto(`${program.base}/institut`);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.chart svg').first().isVisible(), true);
    assert.equal(await page.getByRole('button', { name: 'Zeigen' }).isVisible(), false);
    for (const link of ['Diese Zahlen als CSV', 'Diese Stufen als CSV']) {
      assert.equal(await page.getByText(link).isVisible(), false);
    }
    await page.context().close();
  });

  test('without scripts: another day, another wave, a target that is refused and one that is not', async () => {
    const page = await newPage(browser, { scripts: false, width: 320 });
    await signIn(page, program.base, staff('admin'));
    await page.goto(`${program.base}/institut?welle=2007`);
    await page.getByLabel('Stand am Ende eines Tages').fill('2007-01-31');
    await page.getByRole('button', { name: 'Zeigen' }).click();
    assert.match(await page.locator('#stand').innerText(), /Ende des 31\.01\.2007, Feldtag 10/);
    await assertNoSidewaysScroll(page, 'a day');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Diese Zahlen als CSV' }).click();
    assert.equal((await download).suggestedFilename(), 'kurve-2007-2007-01-31.csv');
    await page.getByRole('link', { name: 'Welle 2008' }).click();
    const change = async (text) => {
      const form = page.locator('#ziel-einstellung');
      if ((await form.getAttribute('open')) === null) await form.locator('summary').click();
      await form.getByLabel('Ziel: eingegangen in Prozent der Einheiten').fill(text);
      await form.getByRole('button', { name: 'Speichern' }).click();
    };
    await change('viel');
    await page.getByText('„viel“ ist keine ganze Zahl von 1 bis 100.').waitFor();
    await change('90');
    await page.getByText('Die Änderung ist gespeichert.').waitFor();
    assert.match(await page.locator('#zahlen').innerText(), /Ziel 90 %/);
    await page.context().close();
  });

  test('one office submits; two tabs of another browser change within two seconds, and stay where they are', async () => {
    const viewer = await newPage(browser, { width: 1280 });
    const streams = [];
    viewer.context().on('request', (request) => {
      if (request.url().endsWith('/institut/ereignisse')) streams.push(request);
    });
    const alive = (page) => page.waitForFunction(() => document.querySelector('[data-ereignisse]')?.dataset.lebt === 'ja');
    await signIn(viewer, program.base, staff('viewer'));
    // The page after the sign-in has a stream of its own, which is not counted.
    await alive(viewer);
    const second = await viewer.context().newPage();
    streams.length = 0;
    for (const page of [viewer, second]) {
      await page.goto(`${program.base}/institut`);
      await alive(page);
    }
    assert.equal(streams.length, 1, 'one stream for both tabs');

    const unit = program.demo.units.find((one) => one.form === 'ARGE' && one.status === 'invited');
    const office = await newPage(browser, { scripts: false });
    await signIn(office, program.base, unit);
    for (const letter of MODULES) {
      await fillModule(office, program.base, letter, SPECIALISED_ARGE, { scripts: false });
      await office.getByRole('button', { name: 'Speichern und weiter' }).click();
    }
    await office.goto(`${program.base}/befragung/pruefung`);
    const reasons = office.locator('textarea[name^="reason__"]');
    for (let place = 0; place < (await reasons.count()); place += 1) await reasons.nth(place).fill('Geprüft, trifft zu.');
    if (await reasons.count()) await office.getByRole('button', { name: 'Begründungen speichern' }).click();
    await office.getByRole('link', { name: 'Weiter zur Abgabe' }).click();

    await viewer.bringToFront();
    const figure = (page) => page.locator('#zahlen .card').first().innerText();
    const before = await Promise.all([viewer, second].map(figure));
    assert.equal(before[0], before[1]);
    // Somebody is reading the numbers of the curve.
    await viewer.locator('#kurve-tabelle summary').click();
    await viewer.locator('#kurve-tabelle summary').focus();
    await viewer.evaluate(() => window.scrollTo(0, 900));
    const scrolled = await viewer.evaluate(() => window.scrollY);
    let loads = 0;
    viewer.on('load', () => (loads += 1));

    const begun = Date.now();
    await office.getByRole('button', { name: 'Jetzt verbindlich abgeben' }).click();
    const changed = ([page, old]) =>
      page.waitForFunction((text) => document.querySelector('#zahlen .card').innerText !== text, old, { timeout: 10_000, polling: 50 });
    await Promise.all([[viewer, before[0]], [second, before[1]]].map(changed));
    const took = Date.now() - begun;
    const number = (text) => Number(/(\d+) von/.exec(text)[1]);
    assert.equal(number(await figure(viewer)), number(before[0]) + 1);
    assert.equal(number(await figure(second)), number(before[0]) + 1);
    assert.ok(took < 2_000, `figures changed after ${took} ms`);
    assert.equal(loads, 0, 'without loading the page again');
    assert.equal(await viewer.locator('#kurve-tabelle').getAttribute('open'), '', 'still unfolded');
    assert.equal(await viewer.evaluate(() => window.scrollY), scrolled, 'where it was');
    assert.equal(await viewer.evaluate(() => document.activeElement?.closest('details')?.id), 'kurve-tabelle', 'with its focus');
    await assertSound(viewer, 'changed figures');
    console.log(`figures changed ${took} ms after the button was pressed`);

    // Whoever held the stream goes; the other tab takes over.
    await viewer.close();
    await second.waitForFunction(() => document.querySelector('[data-ereignisse]')?.dataset.lebt === 'ja');
    await office.context().close();
    await second.context().close();
  });
});
