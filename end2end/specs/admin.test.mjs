// Second step of signing in, accounts, log, retention, panel: every page
// sound, and the ways through them, scripts on and off.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { assertNoSidewaysScroll, assertSound, launch, newPage, signIn } from '../support/browser.mjs';
import { mailText, startProgram } from '../support/program.mjs';

/** What the app on the telephone shows (RFC 6238), `ahead` steps from now. */
function shows(key, ahead = 0) {
  let bits = '';
  for (const sign of key.replaceAll(' ', '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe('administration', () => {
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
  const pages = [
    '/institut/konto',
    '/institut/konto/zweiter-schritt',
    '/institut/konto/codes',
    '/institut/verwaltung',
    '/institut/verwaltung/konten',
    '/institut/verwaltung/protokoll',
    '/institut/verwaltung/protokoll?person=niemand&jahr=x&von=2008-01-01',
    '/institut/verwaltung/protokoll?kennung=gibt-es-nicht',
    '/institut/verwaltung/aufbewahrung',
    '/institut/panel',
    '/institut/panel?basis=verzeichnis&nachfolger=ja',
    '/institut/panel/einheiten?muster=111',
    '/institut/panel/einheiten?von=2007&bis=2008&verbleib=aufgegangen',
    '/institut/panel/verzeichnis?von=2007&bis=2008',
    '/anmelden/code',
  ];

  for (const [width, dark] of [[1280, false], [320, true], [320, false], [1280, true]]) {
    test(`${width} pixels, ${dark ? 'dark' : 'light'}`, async () => {
      const page = await newPage(browser, { width, dark });
      await signIn(page, program.base, staff('admin'));
      for (const path of pages) {
        await page.goto(`${program.base}${path}`);
        await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
        await assertSound(page, path);
        await page.emulateMedia({ media: 'print', colorScheme: dark ? 'dark' : 'light' });
        if (path.startsWith('/institut')) assert.equal(await page.locator('nav.sections').isVisible(), false, `print of ${path}`);
        await page.emulateMedia({ media: 'screen', colorScheme: dark ? 'dark' : 'light' });
      }
      await page.goto(`${program.base}/institut/verwaltung/konten`);
      await page.locator('tbody a').first().click();
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
      await assertSound(page, 'one account');
      await page.context().close();
    });
  }

  test('who may not administer is told so, and an office has its account', async () => {
    const page = await newPage(browser, { width: 320 });
    await signIn(page, program.base, staff('viewer'));
    await page.goto(`${program.base}/institut/verwaltung`);
    await page.getByText('Sie sind mit der Rolle „liest“ angemeldet').waitFor();
    const answer = await page.goto(`${program.base}/institut/verwaltung/konten`);
    assert.equal(answer.status(), 403);
    page.complaints.length = 0; // the browser reports the 403 itself
    await assertSound(page, 'forbidden');
    await page.getByRole('button', { name: 'Abmelden' }).click();
    await signIn(page, program.base, unit('started'));
    await page.goto(`${program.base}/befragung/konto`);
    await page.getByLabel('Jetziges Passwort').fill('falsch');
    await page.getByLabel('Neues Passwort', { exact: true }).fill('ein ziemlich langer Satz');
    await page.getByLabel('Neues Passwort wiederholen').fill('ein ziemlich langer Satz');
    await page.getByRole('button', { name: 'Passwort ändern' }).click();
    await page.getByText('Das ist nicht Ihr Passwort.').first().waitFor();
    page.complaints.length = 0; // and the 422
    await assertSound(page, 'password of an office');
    await page.context().close();
  });

  for (const scripts of [true, false]) {
    test(`the second step of signing in, scripts ${scripts ? 'on' : 'off'}`, async () => {
      const who = staff(scripts ? 'editor' : 'admin');
      const page = await newPage(browser, { scripts });
      await signIn(page, program.base, who);
      await page.goto(`${program.base}/institut/konto`);
      await page.getByRole('link', { name: 'Zweiten Schritt einrichten' }).click();
      await page.getByLabel('Ihr Passwort').fill(who.password);
      await page.getByRole('button', { name: 'Einrichtung beginnen' }).click();
      await page.locator('svg.qr').waitFor();
      if (scripts) await assertSound(page, 'setting up');
      const key = await page.locator('code.key').innerText();
      await page.getByLabel('Code', { exact: true }).fill('000000');
      await page.getByRole('button', { name: 'Bestätigen' }).click();
      await page.getByText('Der Code stimmt nicht').first().waitFor();
      assert.equal(await page.locator('code.key').innerText(), key, 'the key stays');
      const first = shows(key);
      await page.getByLabel('Code', { exact: true }).fill(first);
      await page.getByRole('button', { name: 'Bestätigen' }).click();
      await page.getByRole('heading', { name: 'Ihre Wiederherstellungscodes' }).waitFor();
      const codes = await page.locator('ul.codes code').allInnerTexts();
      assert.equal(codes.length, 10);
      page.complaints.length = 0; // the 422 above
      if (scripts) await assertSound(page, 'recovery codes');
      await page.goto(`${program.base}/institut/konto/codes`);
      assert.equal(await page.locator('ul.codes').count(), 0, 'shown once');

      // Signing in: nothing is open before the code, and a code counts once.
      await page.getByRole('button', { name: 'Abmelden' }).click();
      await signIn(page, program.base, who);
      await page.getByRole('heading', { name: 'Zweiter Schritt der Anmeldung' }).waitFor();
      assert.match((await page.request.get(`${program.base}/institut`)).url(), /\/anmelden\?weiter=/);
      await page.getByLabel('Code', { exact: true }).fill(first);
      await page.getByRole('button', { name: 'Anmelden' }).click();
      await page.getByText('Der Code stimmt nicht oder wurde schon benutzt').first().waitFor();
      page.complaints.length = 0;
      if (scripts) await assertSound(page, 'a wrong code');
      await page.getByLabel('Code', { exact: true }).fill(shows(key, 1));
      await page.getByRole('button', { name: 'Anmelden' }).click();
      await page.waitForURL(/\/institut$/);

      // What was written too late survives both steps.
      const { kennung } = unit('opened');
      await page.goto(`${program.base}/institut/fall/${kennung}/kontakte`);
      await page.getByText('An diese Einheit schreiben').click();
      await page.getByLabel('Betreff').fill(`Zu spät, Skripte ${scripts}`);
      await page.getByLabel('Text', { exact: true }).fill('Das soll nicht verloren gehen.');
      await page.context().clearCookies({ name: 'ruecklauf' });
      await page.getByRole('button', { name: 'Senden' }).click();
      await page.getByText('Ihre Sitzung war abgelaufen').waitFor();
      await page.getByLabel('Kennung oder E-Mail-Adresse').fill(who.login);
      await page.getByLabel('Passwort', { exact: true }).fill(who.password);
      await page.getByRole('button', { name: 'Anmelden' }).click();
      await page.getByLabel('Code', { exact: true }).fill(codes[0].toLowerCase());
      await page.getByRole('button', { name: 'Anmelden' }).click();
      await page.getByRole('heading', { name: 'Sie sind wieder angemeldet' }).waitFor();
      await page.getByRole('button', { name: 'Noch einmal senden' }).click();
      await page.getByText('Ihr Schreiben steht im Postausgang').waitFor();

      await page.goto(`${program.base}/institut/konto`);
      await page.getByText('9 Wiederherstellungscodes gelten noch').waitFor();
      // New codes, and no second step any more: each asks for password and code.
      await page.getByRole('link', { name: 'Neue Wiederherstellungscodes' }).click();
      await page.getByLabel('Ihr Passwort').fill(who.password);
      await page.getByRole('button', { name: 'Neue Codes erzeugen' }).click();
      await page.getByText('Bitte geben Sie auch einen Code ein.').first().waitFor();
      page.complaints.length = 0; // the 422
      if (scripts) await assertSound(page, 'new codes without a code');
      await page.getByLabel('Ihr Passwort').fill(who.password);
      await page.getByLabel('Code', { exact: true }).fill(codes[1]);
      await page.getByRole('button', { name: 'Neue Codes erzeugen' }).click();
      await page.getByText('Das sind Ihre neuen Codes').waitFor();
      const [, newer] = await page.locator('ul.codes code').allInnerTexts();
      await page.goto(`${program.base}/institut/konto`);
      await page.getByRole('link', { name: 'Zweiten Schritt entfernen' }).click();
      await page.getByLabel('Ihr Passwort').fill(who.password);
      await page.getByLabel('Code', { exact: true }).fill(newer);
      await page.getByRole('button', { name: 'Zweiten Schritt entfernen' }).click();
      await page.getByText('Der zweite Schritt ist entfernt').waitFor();
      await page.context().close();
    });

    test(`somebody is invited, changed and shut, scripts ${scripts ? 'on' : 'off'}`, async () => {
      const login = `neu-${scripts}@institut.example`;
      const password = 'blauer Elefant am See';
      const page = await newPage(browser, { scripts });
      await signIn(page, program.base, staff('admin'));
      await page.goto(`${program.base}/institut/verwaltung/konten`);
      await page.getByLabel('E-Mail-Adresse').fill(staff('viewer').login);
      await page.getByRole('button', { name: 'Zugang anlegen und einladen' }).click();
      await page.getByText('gibt es schon').first().waitFor();
      await page.getByLabel('E-Mail-Adresse').fill(login);
      await page.getByLabel('Name (darf fehlen)').fill('Nina Neu');
      await page.getByRole('button', { name: 'Zugang anlegen und einladen' }).click();
      await page.getByText('Der Zugang ist angelegt').waitFor();
      const mails = () => program.mails().filter((mail) => mail.name.includes('einladung-institut') && mail.name.includes(`neu-${scripts}`));
      for (let turn = 0; turn < 100 && !mails().length; turn += 1) await page.waitForTimeout(100);
      const link = /https?:\/\/\S+\/zugang\/\S+/.exec(mailText(mails()[0].source))[0];
      const other = await newPage(browser, { scripts });
      await other.goto(link);
      await other.getByLabel('Neues Passwort', { exact: true }).fill(password);
      await other.getByLabel('Neues Passwort wiederholen').fill(password);
      await other.getByRole('button', { name: 'Passwort speichern' }).click();
      await signIn(other, program.base, { login, password });
      await other.waitForURL(/\/institut$/);
      await page.goto(`${program.base}/institut/verwaltung/konten`);
      await page.getByRole('link', { name: login }).click();
      await page.getByLabel('Rolle').selectOption('editor');
      await page.getByRole('button', { name: 'Rolle ändern' }).click();
      await page.getByText('Die Änderung ist gespeichert.').waitFor();
      await page.getByText('Zugang sperren').click();
      await page.getByRole('button', { name: 'Jetzt sperren' }).click();
      await page.getByText('gesperrt seit').waitFor();
      await other.goto(`${program.base}/institut`);
      assert.match(other.url(), /\/anmelden/);
      // All of it stands in the log, and in its file.
      await page.goto(`${program.base}/institut/verwaltung/protokoll?aktion=staff_disabled`);
      await page.getByRole('cell', { name: login }).waitFor();
      const file = await page.request.get(`${program.base}/institut/verwaltung/protokoll.csv?aktion=staff_disabled`);
      assert.match(file.headers()['content-disposition'], /protokoll\.csv/);
      assert.match(await file.text(), new RegExp(`Zugang des Instituts gesperrt;;;${login}`));
      await page.context().close();
      await other.context().close();
    });

    test(`every figure of the panel leads to its units, scripts ${scripts ? 'on' : 'off'}`, async () => {
      const page = await newPage(browser, { scripts });
      await signIn(page, program.base, staff('viewer'));
      await page.goto(`${program.base}/institut/panel?basis=eingegangen`);
      const links = await page.locator('td.figure a').evaluateAll((list) => list.map((one) => [one.textContent, one.href]));
      assert.ok(links.length > 10, `${links.length} figures`);
      for (const [count, href] of links.filter((_, place) => place % 5 === 0)) {
        await page.goto(href);
        await page.getByRole('heading', { name: count === '1' ? '1 Einheit' : `${count} Einheiten`, exact: true }).waitFor();
        const file = await (await page.request.get(href.replace('/panel/einheiten?', '/panel.csv?'))).text();
        assert.equal(file.trim().split('\r\n').length - 1, Number(count), href);
      }
      await page.goto(`${program.base}/institut/panel/verzeichnis?von=2006&bis=2008`);
      await page.getByRole('heading', { name: 'Verzeichnisse vergleichen' }).waitFor();
      await page.context().close();
    });
  }

  test('what was kept long enough is taken out, once its number is confirmed', async () => {
    const page = await newPage(browser, { scripts: false, width: 320 });
    await signIn(page, program.base, staff('admin'));
    await page.goto(`${program.base}/institut/verwaltung/aufbewahrung`);
    await page.getByText('ist nichts zu löschen').waitFor();
    await page.getByLabel('Ansprechpersonen der Fälle').fill('bald');
    await page.getByRole('button', { name: 'Fristen speichern' }).click();
    await page.getByText('„bald“ geht nicht').first().waitFor();
    await page.getByLabel('Ansprechpersonen der Fälle').fill('1');
    await page.getByLabel('Adressen und Texte der E-Mails').fill('1');
    await page.getByRole('button', { name: 'Fristen speichern' }).click();
    await page.getByText('Die Änderung ist gespeichert.').waitFor();
    await assertNoSidewaysScroll(page, 'retention');
    await page.getByText('Jetzt löschen').click();
    await page.getByLabel('Zur Bestätigung').fill('1');
    await page.getByRole('button', { name: 'Endgültig löschen' }).click();
    const refused = await page.getByText(/Inzwischen sind es [\d.]+ Angaben/).first().innerText();
    const [, total] = /sind es ([\d.]+) Angaben/.exec(refused);
    await page.getByLabel('Zur Bestätigung').fill(total);
    await page.getByRole('button', { name: 'Endgültig löschen' }).click();
    await page.getByText('Die Löschung hat begonnen').waitFor();
    for (let turn = 0; turn < 240; turn += 1) {
      await page.goto(`${program.base}/institut/verwaltung/aufbewahrung`);
      if (!(await page.getByText('Eine Löschung läuft').count())) break;
      await page.waitForTimeout(500);
    }
    await page.getByText('ist nichts zu löschen').waitFor();
    await page.getByText('Welle 2006, Ansprechpersonen der Fälle').waitFor();
    await assertNoSidewaysScroll(page, 'retention, done');
    await page.goto(`${program.base}/institut/fall/${unit('usable').kennung}?welle=2007`);
    await page.getByRole('heading').first().waitFor();
    await page.context().close();
  });
});
