// A Rückfrage from the institute to the office and back, and a colleague from
// the invitation to the head's submission; scripts on and off.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MODULES, SPECIALISED_ARGE } from '../support/answers.mjs';
import { assertSound, launch, newPage, signIn } from '../support/browser.mjs';
import { fillModule } from '../support/fill.mjs';
import { mailText, startProgram } from '../support/program.mjs';

const PASSWORD = 'ein langer Satz als Passwort';

describe('Rückfragen and colleagues', () => {
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

  const editor = () => program.demo.staff.find((one) => one.role === 'editor');
  const units = (status) => program.demo.units.filter((one) => one.status === status);

  for (const [index, scripts] of [true, false].entries()) {
    test(`asked, corrected, explained, sent, closed; scripts ${scripts ? 'on' : 'off'}`, async () => {
      const { base } = program;
      const unit = units('usable')[index] ?? units('usable')[0];
      assert.ok(unit, 'the demonstration has usable cases');
      const staff = await newPage(browser, { scripts });
      await signIn(staff, base, editor());
      await staff.goto(`${base}/institut/fall/${unit.kennung}`);
      await staff.getByRole('link', { name: 'Rückfrage stellen' }).click();

      // Nothing asked: the form says so and keeps the day.
      await staff.getByLabel('Antwort bis').fill('gestern');
      await staff.getByRole('button', { name: 'Rückfrage stellen' }).click();
      await staff.getByText('„gestern“ ist kein Tag').first().waitFor();
      await staff.getByText('Bitte stellen Sie mindestens eine Frage.').first().waitFor();
      expected(staff);
      await assertSound(staff, 'the refused form');
      const due = new Date(Date.now() + 14 * 86_400_000);
      const german = due.toLocaleDateString('de-DE', { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'Europe/Berlin' });
      await staff.getByLabel('Antwort bis').fill(german);
      await staff.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
      await assertSound(staff, 'the form that asks, all open');
      await staff.locator('[name="frage__B1"]').fill('Sind das wirklich alle Kundinnen und Kunden?');
      await staff.locator('[name="frage__B2"]').fill('Und diese Zahl?');
      await staff.getByRole('button', { name: 'Rückfrage stellen' }).click();
      await staff.getByText('Die Rückfrage ist gestellt').waitFor();
      await assertSound(staff, 'the case in query');

      // The office: one answer corrected, one explained.
      const page = await newPage(browser, { scripts });
      await signIn(page, base, unit);
      await page.getByText('hat eine Rückfrage').waitFor();
      await assertSound(page, 'the overview with a Rückfrage');
      await page.getByRole('link', { name: 'Rückfrage beantworten' }).click();
      await page.getByText('Sind das wirklich alle').waitFor();
      await assertSound(page, 'the Rückfrage');
      const before = await page.locator('[name="B1"]').inputValue();
      const more = `${Number(before.replace(/\./g, '')) + 1}`;
      await page.locator('[name="B1"]').fill(more);
      await page.getByRole('button', { name: 'Weiter zum Senden' }).click();
      await page.getByText('noch nicht beantwortet').waitFor();
      await assertSound(page, 'the Rückfrage with an open point');
      assert.equal(await page.locator('[name="B1"]').inputValue(), more, 'what was typed is kept');
      await page.locator('[name="erklaerung__2"]').fill('Stimmt, aus der Statistik vom Jahresende.');
      // Soft edits want a reason.
      for (const reason of await page.locator('textarea[name^="reason__"]').all()) await reason.fill('Geprüft, trifft zu.');
      await page.getByRole('button', { name: 'Weiter zum Senden' }).click();
      for (const reason of await page.locator('textarea[name^="reason__"]').all()) await reason.fill('Geprüft, trifft zu.');
      if (await page.getByRole('button', { name: 'Weiter zum Senden' }).count()) {
        await page.getByRole('button', { name: 'Weiter zum Senden' }).click();
      }
      await page.getByRole('button', { name: 'Antwort jetzt verbindlich senden' }).waitFor();
      await page.getByText('aus der Statistik vom Jahresende').waitFor();
      await assertSound(page, 'what is sent');
      await page.getByRole('button', { name: 'Antwort jetzt verbindlich senden' }).click();
      await page.getByText('Ihre Antwort ist beim IAW eingegangen').waitFor();
      await assertSound(page, 'the new receipt');
      await page.goto(`${base}/befragung/rueckfrage`);
      await page.getByText('Zurzeit ist keine Rückfrage offen.').waitFor();
      await assertSound(page, 'no Rückfrage');
      await page.context().close();

      // Back at the institute.
      await staff.goto(`${base}/institut/rueckfragen?stand=answered`);
      await staff.getByText(unit.kennung).first().waitFor();
      assert.match(await staff.locator('nav.sections').innerText(), /Rückfragen \([1-9]\d*\)/, 'the way around says that answers wait');
      await assertSound(staff, 'the list');
      await staff.goto(`${base}/institut/fall/${unit.kennung}`);
      await staff.getByText('aus der Statistik vom Jahresende').waitFor();
      await staff.getByText('Antwort annehmen und Rückfrage abschließen').click();
      await staff.getByRole('button', { name: 'Abschließen' }).click();
      await staff.getByText('Antwort angenommen').waitFor();
      const waiting = /Rückfragen(?: \((\d+)\))?/.exec(await staff.locator('nav.sections').innerText())[1] ?? '0';
      await staff.goto(`${base}/institut/rueckfragen`);
      const answered = staff.locator('dl.facts div', { hasText: 'beantwortet, bitte ansehen' }).locator('dd');
      assert.equal(waiting, await answered.innerText(), 'and how many');
      await staff.context().close();
    });
  }

  test('narrow and dark', async () => {
    for (const [width, dark] of [[320, true], [320, false], [1280, true]]) {
      const { base } = program;
      const staff = await newPage(browser, { width, dark });
      await signIn(staff, base, editor());
      const unit = units('usable').at(-1);
      for (const path of ['/institut/rueckfragen', `/institut/fall/${unit.kennung}/rueckfrage`, `/institut/fall/${unit.kennung}/kontakte`]) {
        await staff.goto(`${base}${path}`);
        await staff.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
        await assertSound(staff, `${path}, ${width} pixels`);
      }
      await staff.context().close();
      const office = await newPage(browser, { width, dark });
      await signIn(office, base, units('started')[0]);
      for (const path of ['/befragung', '/befragung/kollegen', '/befragung/rueckfrage']) {
        await office.goto(`${base}${path}`);
        await office.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
        await assertSound(office, `${path}, ${width} pixels`);
      }
      await office.context().close();
    }
  });

  for (const [index, scripts] of [true, false].entries()) {
    test(`a colleague fills in a module, the head submits; scripts ${scripts ? 'on' : 'off'}`, async () => {
      const { base } = program;
      const unit = units('opened').filter((one) => one.form === 'ARGE')[index];
      assert.ok(unit, 'the demonstration has opened ARGEn');
      const email = `kollegin${index}@beispiel.example`;
      const head = await newPage(browser, { scripts });
      await signIn(head, base, unit);
      await head.goto(`${base}/befragung/kollegen`);
      await head.getByText('Jemanden einladen').click();
      await head.getByRole('button', { name: 'Einladen' }).click();
      await head.getByText('Bitte geben Sie einen Namen an.').waitFor();
      expected(head);
      await assertSound(head, 'the refused invitation');
      await head.getByLabel('Name', { exact: true }).fill('Ute Kern');
      await head.getByLabel('E-Mail-Adresse', { exact: true }).fill(email);
      await head.locator('#neu-abschnitt-B').check();
      await head.getByRole('button', { name: 'Einladen' }).click();
      await head.getByText('Die Einladung ist unterwegs').waitFor();
      await assertSound(head, 'the colleagues');

      const link = await linkFor(program, email);
      const page = await newPage(browser, { scripts });
      await page.goto(link);
      await page.getByLabel('Neues Passwort', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Neues Passwort wiederholen').fill(PASSWORD);
      await page.getByRole('button', { name: 'Passwort speichern' }).click();
      await signIn(page, base, { login: email, password: PASSWORD });
      await assertSound(page, 'the overview of a colleague');
      assert.equal(await page.locator('.modules li').count(), 1, 'the granted module alone');
      await fillModule(page, base, 'B', SPECIALISED_ARGE, { scripts });
      await assertSound(page, 'the module of a colleague');
      await page.getByRole('button', { name: 'Speichern', exact: true }).last().click();
      for (const path of ['/befragung/A', '/befragung/kollegen']) {
        const answer = await page.goto(`${base}${path}`);
        assert.ok([403, 404].includes(answer.status()), `${path}: ${answer.status()}`);
      }
      expected(page);
      for (const path of ['/befragung/abgabe', '/befragung/pruefung', '/befragung/druck']) {
        await page.goto(`${base}${path}`);
        await assertSound(page, `${path} of a colleague`);
      }
      await page.context().close();

      for (const letter of MODULES.filter((one) => one !== 'B')) {
        await fillModule(head, base, letter, SPECIALISED_ARGE, { scripts });
        await head.getByRole('button', { name: 'Speichern und weiter' }).click();
      }
      await head.goto(`${base}/befragung/pruefung`);
      const reasons = head.locator('textarea[name^="reason__"]');
      for (let place = 0; place < (await reasons.count()); place += 1) await reasons.nth(place).fill('Geprüft, trifft zu.');
      if (await reasons.count()) await head.getByRole('button', { name: 'Begründungen speichern' }).click();
      await head.goto(`${base}/befragung/kollegen`);
      await head.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
      assert.match(await head.locator('main').innerText(), /Ute Kern/);
      await assertSound(head, 'who filled in what');
      await head.goto(`${base}/befragung/abgabe`);
      await head.getByRole('button', { name: 'Jetzt verbindlich abgeben' }).click();
      assert.match(head.url(), /\/befragung\/quittung/);
      await head.context().close();
    });
  }
});

/** A refusal is an answer too: the console's line about its status is none. */
function expected(page) {
  page.complaints = page.complaints.filter((one) => !/status of 4\d\d/.test(one));
}

/** The link in the mail to an address, as soon as the program has sent it. */
async function linkFor(program, email) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const found = program.mails().findLast((mail) => mail.name.includes(email));
    const link = found && /https?:\/\/\S+\/zugang\/\S+/.exec(mailText(found.source))?.[0];
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail with a link for ${email}`);
}
