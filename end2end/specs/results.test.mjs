// Results: the paper's tables with their base, change, rules, any variable,
// and what offices get back, on screen and on paper.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertSound, launch, newPage, signIn } from '../support/browser.mjs';
import { startProgram } from '../support/program.mjs';

const RESULTS = '/institut/ergebnisse';
/** What the margins leave of an A4 sheet, in CSS pixels; Chromium prints a third more in width. */
const PAPER = 896;

describe('results', () => {
  let program;
  let browser;
  before(async () => {
    program = await startProgram({ complete: true });
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  const staff = (role) => program.demo.staff.find((one) => one.role === role);
  const pages = [
    RESULTS,
    `${RESULTS}?welle=2008&basis=panel&alter=u25`,
    `${RESULTS}?welle=2006`,
    `${RESULTS}/wandel?welle=2008`,
    `${RESULTS}/wandel?welle=2006`,
    `${RESULTS}/variablen?welle=2008`,
    `${RESULTS}/variablen/B1?welle=2008&nach=land`,
    `${RESULTS}/variablen/D3_ue?welle=2008&nach=typ`,
    `${RESULTS}/variablen/H4?welle=2008`,
    `${RESULTS}/variablen/I1?welle=2008`,
    `${RESULTS}/variablen/Z1?welle=2008`,
    `${RESULTS}/export?welle=2008`,
    `${RESULTS}/regeln?welle=2008`,
    `${RESULTS}/rueckmeldung?welle=2007`,
  ];

  for (const [width, dark] of [[1280, false], [320, true]]) {
    test(`${width} pixels, ${dark ? 'dark' : 'light'}`, async () => {
      const page = await newPage(browser, { width, dark });
      await signIn(page, program.base, staff('admin'));
      for (const path of pages) {
        const answer = await page.goto(`${program.base}${path}`);
        assert.equal(answer.status(), 200, path);
        await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
        await assertSound(page, path);
      }
      await page.context().close();
    });
  }

  test('on paper no table is cut', async () => {
    const page = await newPage(browser, { width: PAPER });
    await signIn(page, program.base, staff('admin'));
    await page.emulateMedia({ media: 'print' });
    for (const path of pages) {
      await page.goto(`${program.base}${path}`);
      const cut = await page.evaluate((width) => [...document.querySelectorAll('main table, main svg')]
        .filter((one) => one.getBoundingClientRect().right > width + 1)
        .map((one) => one.querySelector('caption')?.textContent ?? one.nodeName), PAPER);
      assert.deepEqual(cut, [], path);
    }
    await page.context().close();
  });

  for (const scripts of [true, false]) {
    test(`tables, panel and rules, scripts ${scripts ? 'on' : 'off'}`, async () => {
      const page = await newPage(browser, { scripts });
      await signIn(page, program.base, staff('admin'));
      await page.goto(`${program.base}${RESULTS}?welle=2008`);
      const typology = page.locator('table', { hasText: 'Tabelle 2' });
      // Tabelle 2 of the paper, 31.10.2007: ARGE, zkT, gAw.
      const row = async (name) => typology.locator('tr', { has: page.getByRole('rowheader', { name, exact: false }) }).first().innerText();
      assert.match(await row('Iaa Leistungen'), /93 \(28 %\).*6 \(9 %\).*6 \(29 %\)/s);
      assert.match(await page.locator('.base').innerText(), /N = 421, Welle 2008, Stichtag 31\.10\.2007.*Querschnitt.*Regelversion 2026-1/s);
      await page.getByRole('link', { name: /nur Einheiten beider Wellen/ }).click();
      assert.match(await page.locator('.base').innerText(), /N = 413, .*Panel 2007 und 2008.*Form nach der Welle 2008/s);

      await page.getByRole('navigation', { name: 'Ergebnisse' }).getByRole('link', { name: 'Wandel' }).click();
      assert.match(await page.locator('main').innerText(), /Zu klären/);

      // Rules: not without a confirmation; then they count, then the first do again.
      await page.goto(`${program.base}${RESULTS}/regeln?welle=2008`);
      const choose = async (rule, confirmed) => {
        const summary = page.getByText('Andere Regeln gelten lassen');
        if (!(await page.getByLabel('Regel für Kriterium 3').isVisible())) await summary.click();
        await page.getByLabel('Regel für Kriterium 3').selectOption(rule);
        await page.getByLabel(/^Grund/).fill('Probe im Browser');
        if (confirmed) await page.getByLabel(/Ab sofort sollen diese Regeln/).check();
        await page.getByRole('button', { name: 'Regeln gelten lassen' }).click();
      };
      await choose('both', false);
      assert.match(await page.locator('main').innerText(), /Bitte bestätigen Sie, dass die Regeln ab sofort gelten sollen/);
      assert.equal(await page.getByLabel(/^Grund/).inputValue(), 'Probe im Browser');
      await choose('both', true);
      assert.match(await page.locator('main').innerText(), /Es gelten: Regelversion 2026-1, Kriterium 3: both/);
      await page.goto(`${program.base}${RESULTS}?welle=2008`);
      assert.match(await page.locator('.base').innerText(), /Kriterium 3: both/);
      await page.goto(`${program.base}${RESULTS}/regeln?welle=2008`);
      await choose('fm_only', true);
      assert.match(await page.locator('main').innerText(), /Es gelten: Regelversion 2026-1, Kriterium 3: fm_only/);

      const csv = await page.request.get(`${program.base}${RESULTS}/csv?welle=2008`);
      const lines = (await csv.text()).split('\n');
      assert.equal(lines[0], 'table;age_group;form;row;wave;n;base;percent');
      assert.ok(lines.includes('Tabelle 2;ue;ARGE;Iaa;2008;93;331;28.10'), lines.slice(0, 5).join('\n'));
      await page.context().close();
    });
  }

  for (const scripts of [true, false]) {
    test(`exports as files, scripts ${scripts ? 'on' : 'off'}`, async () => {
      const page = await newPage(browser, { scripts });
      await signIn(page, program.base, staff('admin'));
      const file = async () => {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'Exportieren' }).click(),
        ]);
        return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
      };
      await page.goto(`${program.base}${RESULTS}?welle=2008`);
      await page.getByRole('navigation', { name: 'Ergebnisse' }).getByRole('link', { name: 'Export' }).click();
      const people = await file();
      assert.equal(people.name, 'welle-2008-excel.csv');
      assert.deepEqual([...people.bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
      assert.equal(people.bytes.toString().split('\r\n').length, 445, '443 offices');
      assert.doesNotMatch(people.bytes.toString(), /kontakt_name/);

      await page.getByLabel(/^Panel, breit/).check();
      await page.getByRole('checkbox', { name: '2006', exact: true }).uncheck();
      await page.getByLabel(/^CSV für Programme/).check();
      await page.getByLabel('Mit Namen und Adressen').check();
      const panel = await file();
      assert.equal(panel.name, 'panel-2007-2008-breit-mit-namen.csv');
      const [head, ...rows] = panel.bytes.toString().trim().split('\n');
      assert.match(head, /^kennung;name_2007;kontakt_name_2007;.*;B1_2008;/);
      assert.equal(rows.length, 413);

      // One wave is no panel: said in place, the choices stay.
      await page.getByRole('checkbox', { name: '2007', exact: true }).uncheck();
      await page.getByRole('button', { name: 'Exportieren' }).click();
      assert.match(await page.locator('main').innerText(), /Ein Panel braucht mindestens zwei verschiedene Wellen/);
      assert.ok(await page.getByLabel(/^Panel, breit/).isChecked());
      // Chromium reports the status (422) as an error of its own.
      page.complaints.length = 0;
      await assertSound(page, 'export refused');
      await page.context().close();
    });
  }

  for (const scripts of [true, false]) {
    test(`feedback released, read, printed and taken back, scripts ${scripts ? 'on' : 'off'}`, async () => {
      const desk = await newPage(browser, { scripts });
      await signIn(desk, program.base, staff('editor'));
      await desk.goto(`${program.base}${RESULTS}/rueckmeldung?welle=2007`);
      await desk.getByRole('button', { name: 'Rückmeldung freigeben' }).click();
      assert.match(await desk.locator('main').innerText(), /Bitte bestätigen Sie den Satz daneben/);
      await desk.getByLabel(/Ich habe die Tabellen unten geprüft/).check();
      await desk.getByRole('button', { name: 'Rückmeldung freigeben' }).click();
      assert.match(await desk.locator('main').innerText(), /Die Rückmeldung ist für die Einheiten freigegeben/);

      const page = await newPage(browser, { scripts });
      await signIn(page, program.base, program.demo.units.find((one) => one.status === 'usable'));
      await page.goto(`${program.base}/befragung`);
      await page.getByRole('link', { name: 'Ihre Rückmeldung ansehen' }).click();
      assert.match(await page.locator('main').innerText(), /Ü25: Typ I.*So lesen Sie den Typ/s);
      assert.ok((await page.getByText('(Ihr Typ)').count()) > 0);
      await assertSound(page, 'feedback');
      if (scripts) {
        const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
        if (process.env.RUECKLAUF_PRINTS) writeFileSync(join(process.env.RUECKLAUF_PRINTS, 'rueckmeldung.pdf'), pdf);
        // Chromium writes the page objects of a PDF in the clear.
        const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? [];
        assert.equal(sheets.length, 2, 'two sheets');
        await page.setViewportSize({ width: 320, height: 900 });
        await assertSound(page, 'feedback at 320 pixels');
      }

      await desk.getByLabel(/Die Einheiten sollen ihre Rückmeldung nicht mehr sehen/).check();
      await desk.getByRole('button', { name: 'Rückmeldung zurücknehmen' }).click();
      assert.match(await desk.locator('main').innerText(), /Die Rückmeldung ist zurückgenommen/);
      await page.reload();
      assert.match(await page.locator('main').innerText(), /liegt noch keine Rückmeldung vor/);
      await page.context().close();
      await desk.context().close();
    });
  }
});
