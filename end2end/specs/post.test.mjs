// The mail desk: every page sound, plan and texts edited, an office reminded;
// and a real mail server between invitation and password.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { assertNoSidewaysScroll, assertSound, launch, newPage, signIn } from '../support/browser.mjs';
import { mailHtml, mailText, startProgram } from '../support/program.mjs';
import { inTheField, startRelay } from '../support/relay.mjs';

describe('the mail desk', () => {
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
  const unit = (status) => program.demo.units.find((one) => one.status === status);
  const pages = () => [
    '/institut/post',
    '/institut/post/schritt/frist-naht',
    '/institut/post/vorlagen',
    '/institut/post/vorlagen/erinnerung',
    '/institut/post/vorlagen/fuss',
    '/institut/post/ausgang',
    '/institut/post/ausgang?suche=gibt-es-nicht',
    '/institut/post/erinnern',
    `/institut/post/erinnern?kennung=${unit('started').kennung}`,
    `/institut/fall/${unit('started').kennung}/kontakte`,
    `/institut/fall/${unit('usable').kennung}/kontakte`,
  ];

  for (const [width, dark] of [[1280, false], [320, true], [320, false], [1280, true]]) {
    test(`${width} pixels, ${dark ? 'dark' : 'light'}`, async () => {
      const page = await newPage(browser, { width, dark });
      await signIn(page, program.base, staff('admin'));
      for (const path of pages()) {
        await page.goto(`${program.base}${path}`);
        await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
        await assertSound(page, path);
      }
      await page.context().close();
    });
  }

  for (const scripts of [true, false]) {
    test(`plan, text, reminder and outbox, scripts ${scripts ? 'on' : 'off'}`, async () => {
      const page = await newPage(browser, { scripts });
      await signIn(page, program.base, staff('admin'));
      await page.goto(`${program.base}/institut/post`);

      // A step with a wrong time keeps what was typed, then is right.
      await page.getByText('Schritt hinzufügen').click();
      const form = page.locator('details', { hasText: 'Schritt hinzufügen' });
      await form.getByLabel('Bezeichnung').fill(`Zwischenruf ${scripts}`);
      await form.getByLabel('Tage (vorher: mit Minus)').fill('200');
      await form.getByLabel('Uhrzeit').fill('9 Uhr');
      await form.getByRole('button', { name: 'Speichern' }).click();
      await page.getByText('„9 Uhr“ ist keine Uhrzeit').waitFor();
      await form.getByLabel('Uhrzeit').fill('11:15');
      await form.getByRole('button', { name: 'Speichern' }).click();
      await page.getByText('Die Änderung ist gespeichert.').waitFor();
      await page.getByRole('heading', { name: `Zwischenruf ${scripts}` }).waitFor();

      // The preview follows the text, by itself or by its button.
      const { kennung } = unit('started');
      await page.goto(`${program.base}/institut/post/vorlagen/erinnerung?kennung=${kennung}`);
      const preview = page.locator('#vorschau');
      await preview.getByText('Fragen beantwortet').first().waitFor();
      await page.getByLabel('Text', { exact: true }).fill('Neu: {{ fortschritt }} in {{ einheit }}.');
      if (!scripts) await page.getByRole('button', { name: 'Vorschau' }).click();
      await preview.getByText(/Neu: \d+ von \d+ Fragen/).first().waitFor();
      await page.getByLabel('Text', { exact: true }).fill('Neu: {{ fortschrit }}');
      if (!scripts) await page.getByRole('button', { name: 'Vorschau' }).click();
      await page.getByText('Den Platzhalter „fortschrit“ gibt es hier nicht.').first().waitFor();
      assert.equal(await page.getByLabel('Text', { exact: true }).inputValue(), 'Neu: {{ fortschrit }}');

      // One office is reminded; the mail is found and looks as it should.
      const silent = program.demo.units.filter((one) => one.status === 'invited')[scripts ? 0 : 1].kennung;
      await page.goto(`${program.base}/institut/fall/${silent}/kontakte`);
      await page.getByRole('link', { name: 'Jetzt erinnern' }).click();
      const blocked = await page.getByText('Bekommen die E-Mail: 0').count();
      if (!blocked) {
        await page.getByRole('button', { name: 'Jetzt an 1 Einheit senden' }).click();
        await page.getByText('Die Erinnerungen stehen im Postausgang').waitFor();
        await page.goto(`${program.base}/institut/post/ausgang?suche=${silent}&art=erinnerung`);
      } else {
        await page.goto(`${program.base}/institut/post/ausgang?suche=${silent}`);
      }
      await page.locator('tbody a').first().click();
      await page.getByText('Message-ID').waitFor();
      await page.context().close();
    });
  }

  test('an office is written to, and everything pauses at one switch', async () => {
    const page = await newPage(browser);
    await signIn(page, program.base, staff('editor'));
    await page.goto(`${program.base}/institut/post`);
    await page.getByText('Alles anhalten').first().click();
    await page.getByRole('button', { name: 'Jetzt alles anhalten' }).click();
    await page.getByText('Alles angehalten von').waitFor();
    const { kennung } = unit('opened');
    await page.goto(`${program.base}/institut/fall/${kennung}/kontakte`);
    await page.getByText('An diese Einheit schreiben').click();
    await page.getByLabel('Betreff').fill('Zu Ihrem Fragebogen');
    await page.getByLabel('Text', { exact: true }).fill('Erster Absatz mit <b>spitzen</b> Klammern und {{7*7}}.\n\nZweiter Absatz.');
    await page.getByRole('button', { name: 'Senden' }).click();
    await page.getByText('Ihr Schreiben steht im Postausgang').waitFor();
    const written = () => program.mails().filter((mail) => mail.name.includes(`-anschreiben-${kennung}`));
    await page.waitForTimeout(500);
    assert.equal(written().length, 0, 'paused');
    await page.goto(`${program.base}/institut/post`);
    await page.getByRole('button', { name: 'Versand wieder einschalten' }).click();
    for (let turn = 0; turn < 100 && !written().length; turn += 1) await page.waitForTimeout(100);
    const [mail] = written();
    assert.match(mailText(mail.source), /<b>spitzen<\/b> Klammern und \{\{7\*7\}\}/);
    assert.match(mailHtml(mail.source), /&lt;b&gt;spitzen&lt;\/b&gt;/);
    await page.goto(`${program.base}/institut/post/ausgang?suche=${kennung}&art=anschreiben`);
    await page.locator('tbody a').first().click();
    await page.getByText('Zweiter Absatz.').waitFor();
    await page.getByRole('link', { name: 'HTML-Fassung ansehen' }).click();
    await page.getByText('Zweiter Absatz.').waitFor();
    assert.deepEqual(page.complaints, []);

    // It comes back: the notice and the form that tries again are sound too.
    program.bounce(mail.source);
    await page.goto(`${program.base}/institut/fall/${kennung}`);
    await page.getByText('geht nichts mehr, bis jemand die Adresse bestätigt').waitFor();
    const failed = '/institut/post/ausgang?zustand=failed';
    await page.goto(`${program.base}/institut/fall/${kennung}/kontakte`);
    await page.getByText('Adresse bestätigen').click();
    await page.getByRole('button', { name: 'Die Adresse stimmt' }).click();
    for (const [width, dark] of [[1280, false], [320, true]]) {
      const reader = await newPage(browser, { width, dark });
      await signIn(reader, program.base, staff('editor'));
      const told = { '/institut': /gescheitert/, '/institut/post': /gescheitert/, [failed]: 'Die eine noch einmal versuchen' };
      for (const [path, text] of Object.entries(told)) {
        await reader.goto(`${program.base}${path}`);
        await reader.getByText(text).first().waitFor();
        await assertSound(reader, `${path} with something that failed`);
      }
      await reader.context().close();
    }
    await page.goto(`${program.base}${failed}`);
    await page.getByRole('button', { name: 'Die eine noch einmal versuchen' }).click();
    await page.goto(`${program.base}/institut/post`);
    assert.equal(await page.getByText('E-Mail ist gescheitert.').count(), 0);
    await page.context().close();
  });
});

test('invitation, link and password over a real mail server', async (context) => {
  const relay = await startRelay();
  if (!relay) {
    assert.notEqual(process.env.CI, 'true', 'CI must run this: .ci/prepare aiosmtpd');
    context.skip('aiosmtpd is not installed (.ci/prepare aiosmtpd)');
    return;
  }
  const field = await inTheField(relay);
  const browser = await launch();
  try {
    const [invitation] = await relay.mails(1);
    const text = mailText(invitation);
    const link = /https?:\/\/\S+\/zugang\/\S+/.exec(text)[0];
    const page = await newPage(browser);
    await page.goto(link);
    await page.getByLabel('Neues Passwort', { exact: true }).fill('blauer Elefant am See');
    await page.getByLabel('Neues Passwort wiederholen').fill('blauer Elefant am See');
    await page.getByRole('button', { name: 'Passwort speichern' }).click();
    await signIn(page, field.base, { login: 'GS-1', password: 'blauer Elefant am See' });
    await page.getByRole('heading', { name: 'Ihre Befragung' }).waitFor();
    const [, notice] = await relay.mails(2);
    assert.match(mailText(notice), /ein Passwort\s+festgelegt/);

    // Its HTML part as mail programs show it, for looking at.
    mkdirSync(new URL('../build', import.meta.url), { recursive: true });
    for (const [width, dark] of [[1280, false], [1280, true], [320, false], [320, true]]) {
      const reader = await newPage(browser, { width, dark, scripts: false });
      await reader.setContent(mailHtml(invitation));
      await assertNoSidewaysScroll(reader, `the invitation at ${width}`);
      const file = new URL(`../build/einladung-${width}${dark ? '-dark' : ''}.png`, import.meta.url).pathname;
      await reader.screenshot({ path: file, fullPage: true });
      await reader.context().close();
    }
    const plain = await newPage(browser, { width: 320, scripts: false });
    await plain.setContent(`<pre style="white-space: pre-wrap">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>`);
    await plain.screenshot({ path: new URL('../build/einladung-text-320.png', import.meta.url).pathname, fullPage: true });
  } finally {
    await browser.close();
    await field.stop();
    relay.stop();
  }
});
