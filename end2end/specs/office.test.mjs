// An office from the invitation to the receipt, with scripts and without;
// the institute then sees its type.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MODULES, SPECIALISED_ARGE } from '../support/answers.mjs';
import { assertSound, launch, newPage, ready, signIn } from '../support/browser.mjs';
import { fillModule } from '../support/fill.mjs';
import { mailText, startProgram } from '../support/program.mjs';

const PASSWORD = 'ein langer Satz als Passwort';

describe('an office answers the questionnaire', () => {
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

  for (const [index, scripts] of [true, false].entries()) {
    test(`invitation, password, all modules, submission, receipt; scripts ${scripts ? 'on' : 'off'}`, async () => {
      const page = await newPage(browser, { scripts });
      const { base } = program;
      const unit = program.demo.units.filter((one) => one.form === 'ARGE' && one.status === 'invited')[index];
      assert.ok(unit, 'the demonstration has invited ARGEn');

      // The link of the invitation sets the password; looking at it twice is harmless.
      const link = await accessLink(program, page, unit);
      await page.goto(link);
      await page.goto(link);
      await assertSound(page, 'setting the password');
      await page.getByLabel('Neues Passwort', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Neues Passwort wiederholen').fill(PASSWORD);
      await page.getByRole('button', { name: 'Passwort speichern' }).click();
      assert.match(page.url(), /\/anmelden\?meldung=passwort-gesetzt$/);
      await signIn(page, base, { login: unit.kennung, password: PASSWORD });
      assert.match(page.url(), /\/befragung/);
      await assertSound(page, 'the overview');

      for (const letter of MODULES) {
        await fillModule(page, base, letter, SPECIALISED_ARGE, { scripts });
        await assertSound(page, `module ${letter}, filled`);
        await page.getByRole('button', { name: 'Speichern und weiter' }).click();
      }
      // Whatever is unusual gets a reason.
      await page.goto(`${base}/befragung/pruefung`);
      const reasons = page.locator('textarea[name^="reason__"]');
      for (let place = 0; place < (await reasons.count()); place += 1) {
        await reasons.nth(place).fill('Geprüft, trifft zu.');
      }
      if (await reasons.count()) await page.getByRole('button', { name: 'Begründungen speichern' }).click();
      await assertSound(page, 'the review');
      await page.getByRole('link', { name: 'Weiter zur Abgabe' }).click();
      await assertSound(page, 'the submission');
      await page.getByRole('button', { name: 'Jetzt verbindlich abgeben' }).click();
      assert.match(page.url(), /\/befragung\/quittung/);
      await assertSound(page, 'the receipt');
      const number = await page.locator('.receipt strong').innerText();
      assert.match(number, /\S{6,}/);

      // A second look and a second post change nothing.
      await page.goto(`${base}/befragung/abgabe`);
      assert.equal(await page.getByRole('button', { name: 'Jetzt verbindlich abgeben' }).count(), 0);
      await page.goto(`${base}/befragung/D`);
      assert.equal(await page.locator('form#modul').count(), 0, 'the questionnaire is locked');

      const staff = await newPage(browser, { scripts });
      await signIn(staff, base, program.demo.staff.find((one) => one.role === 'editor'));
      await staff.goto(`${base}/institut/fall/${unit.kennung}`);
      assert.match(await staff.locator('main').innerText(), /\bIba\b/);
      await assertSound(staff, 'the case of the institute');
      await staff.context().close();
      await page.context().close();
    });
  }

  test('signed out, the questionnaire is closed; scripts off', async () => {
    const page = await newPage(browser, { scripts: false });
    await page.goto(`${program.base}/befragung/D`);
    assert.match(page.url(), /\/anmelden/);
    await assertSound(page, 'the sign-in page');
    await page.context().close();
  });

  test('a page becomes interactive', async () => {
    const page = await newPage(browser);
    await signIn(page, program.base, program.demo.units.find((one) => one.status === 'started'));
    await page.goto(`${program.base}/befragung/D`);
    await ready(page);
    await page.context().close();
  });
});

/** The link an invited office finds in its mail; asked for anew, as the
 *  invitation of the demonstration went out before. The program delivers it
 *  by itself, a moment after it was asked for. */
async function accessLink(program, page, unit) {
  await page.goto(`${program.base}/passwort-vergessen`);
  await page.getByLabel('Kennung oder E-Mail-Adresse').fill(unit.kennung);
  await page.getByRole('button', { name: 'Link anfordern' }).click();
  await page.getByText('ist jetzt eine E-Mail unterwegs').waitFor();
  for (let attempt = 0; attempt < 100; attempt += 1) {
    for (const mail of program.mails()) {
      const text = mailText(mail.source);
      const link = /https?:\/\/\S+\/zugang\/\S+/.exec(text)?.[0];
      if (link && text.includes(unit.kennung)) return link;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail with a link for ${unit.kennung}`);
}
