// The institute's desk: case list, worklist and everything that can be done
// about one case; scripts on and off, and two people at the same case.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertNoSidewaysScroll, assertSound, launch, newPage, signIn } from '../support/browser.mjs';
import { startProgram } from '../support/program.mjs';

describe('the desk', () => {
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
  const units = (status, form) => program.demo.units.filter((one) => one.status === status && (!form || one.form === form));
  const at = (path) => `${program.base}${path}`;
  const unfold = (page) => page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));

  /** A page of somebody of the institute. */
  async function desk(role, options) {
    const page = await newPage(browser, options);
    await signIn(page, program.base, staff(role));
    return page;
  }

  /** Unfolds what one can do about a case and returns its form. */
  async function act(scope, label) {
    const details = scope.locator(`details:has(> summary:has-text("${label}"))`).first();
    if ((await details.getAttribute('open')) === null) await details.locator('summary').first().click();
    return details.locator('form').first();
  }

  for (const [turn, scripts] of [true, false].entries()) {
    const named = `scripts ${scripts ? 'on' : 'off'}`;

    test(`the list: found, sorted, saved, acted upon; ${named}`, async () => {
      const page = await desk('editor', { scripts });
      await page.goto(at('/institut/faelle'));
      assert.match(await page.locator('#faelle').innerText(), /^443 Fälle$/);
      await assertSound(page, 'the list');
      const kennung = units('started')[turn].kennung;
      await page.getByLabel('Name, Ort oder Kennung').fill(kennung.toLowerCase());
      await page.getByRole('button', { name: 'Filtern' }).click();
      assert.match(await page.locator('#faelle').innerText(), /^1 Fall$/);
      assert.match(page.url(), /suche=/);
      // The address is the list: somebody else sees the same.
      const viewer = await desk('viewer', { scripts });
      await viewer.goto(page.url());
      assert.equal(await viewer.locator('table.cases tbody tr').count(), 1);
      assert.equal(await viewer.locator('table.cases input[type=checkbox]').count(), 0, 'who may only look ticks nothing');
      await assertSound(viewer, 'the list of a viewer');
      await viewer.context().close();

      await page.getByRole('link', { name: 'Filter leeren' }).click();
      await page.locator('#status').selectOption('started');
      await page.locator('#form').selectOption('zkT');
      await page.getByRole('button', { name: 'Filtern' }).click();
      const forms = await page.locator('table.cases tbody tr').allInnerTexts();
      assert.ok(forms.length > 2 && forms.every((row) => row.includes('zkT')), `${forms.length} rows`);
      await page.locator('table.cases thead').getByRole('link', { name: 'Kennung' }).click();
      const sorted = await page.locator('table.cases tbody th').allInnerTexts();
      assert.deepEqual(sorted, [...sorted].sort());
      await page.locator('table.cases thead').getByRole('link', { name: 'Kennung' }).click();
      assert.deepEqual(await page.locator('table.cases tbody th').allInnerTexts(), sorted.toReversed());
      assert.equal(await page.locator('th[aria-sort=descending]').count(), 1);

      await page.getByText('Diese Ansicht speichern').click();
      await page.getByLabel('Name der Ansicht').fill(`zkT begonnen ${turn}`);
      await page.getByRole('button', { name: 'Speichern' }).click();
      await page.getByText('Die Änderung ist gespeichert.').waitFor();
      await page.goto(at('/institut/faelle'));
      await page.getByRole('link', { name: `zkT begonnen ${turn}` }).click();
      assert.deepEqual(await page.locator('table.cases tbody th').allInnerTexts(), sorted.toReversed());
      await assertSound(page, 'a saved view');
      await page.getByRole('button', { name: `Ansicht „zkT begonnen ${turn}“ löschen` }).click();
      assert.equal(await page.getByRole('link', { name: `zkT begonnen ${turn}` }).count(), 0);

      // Nothing to be found, and something no filter has.
      await page.goto(at('/institut/faelle?suche=gibtesnicht'));
      await page.getByText('Zu dieser Auswahl gibt es keine Fälle.').waitFor();
      await assertSound(page, 'an empty list');
      await page.goto(at('/institut/faelle?status=verschwunden'));
      await page.getByText('„verschwunden“ gibt es beim Filter „status“ nicht.').waitFor();
      await assertSound(page, 'a list with an unreadable filter');

      // One action for several: what does not go says why, before it is done.
      const two = [units('started')[2 + turn].kennung, units('usable')[turn].kennung];
      await page.goto(at(`/institut/faelle?${two.map((one) => `fall=${one}`).join('&')}`));
      for (const one of two) await page.getByLabel(`${one} auswählen`).check();
      await page.getByLabel('Mit den angekreuzten Fällen').selectOption('frist');
      await page.getByRole('button', { name: 'Weiter' }).click();
      await page.getByText('Ausgenommen: 1 Fall').waitFor();
      await assertSound(page, 'a selection');
      await page.getByLabel('Grund').fill('Zwei Leute krank');
      await page.getByRole('button', { name: 'Frist verlängern: 1 Fall' }).click();
      await page.locator('.finding.error').first().waitFor();
      assert.equal(await page.getByLabel('Grund').inputValue(), 'Zwei Leute krank', 'what was typed is kept');
      expected(page);
      await assertSound(page, 'a refused selection');
      await page.getByLabel('Neue Frist').fill(soon(20));
      await page.getByRole('button', { name: 'Frist verlängern: 1 Fall' }).click();
      await page.getByText('Die Änderung ist gespeichert.').waitFor();
      await page.goto(at(`/institut/faelle?verlaengert=ja&spalte=frist&fall=${two[0]}`));
      assert.match(await page.locator('table.cases tbody tr').innerText(), /\(verlängert\)/);
      await page.context().close();
    });

    test(`the worklist: why somebody stands there, and off it after a call; ${named}`, async () => {
      const page = await desk('editor', { scripts });
      await page.goto(at('/institut/arbeitsliste'));
      await page.getByText('So wird sortiert').click();
      await assertSound(page, 'the worklist');
      const first = page.locator('ol.worklist > li').first();
      const name = await first.locator('h2').innerText();
      const kennung = (await first.locator('.evidence').first().innerText()).split(' · ')[0];
      assert.match(await first.innerText(), /ausgefüllt|geöffnet|eingeladen|Frist/, 'the reasons stand there in words');
      const points = await page.locator('ol.worklist > li > details:first-of-type summary').allInnerTexts();
      const numbers = points.map((text) => Number.parseInt(text, 10)).filter((number) => !Number.isNaN(number));
      assert.ok(numbers.length > 10);
      assert.deepEqual(numbers, [...numbers].sort((one, other) => other - one), 'the most urgent first');

      await first.getByText('Anruf festhalten').click();
      await first.getByLabel('Wie ging er aus?').selectOption('nicht-erreicht');
      await first.getByLabel('Notiz').fill('Band läuft, nach zehn noch einmal.');
      await first.getByRole('button', { name: 'Festhalten' }).click();
      await page.getByText('Der Anruf ist festgehalten.').waitFor();
      assert.match(page.url(), /\/institut\/arbeitsliste/);
      const evidence = await page.locator('ol.worklist > li > .evidence').allInnerTexts();
      assert.ok(!evidence.some((text) => text.startsWith(`${kennung} ·`)), `${kennung} rests until tomorrow`);
      await page.goto(at(`/institut/fall/${kennung}/kontakte`));
      assert.match(await page.locator('main').innerText(), /nicht erreicht/);
      assert.match(await page.locator('main').innerText(), /Band läuft/);
      assert.match(await page.locator('h1').innerText(), new RegExp(name.slice(0, 5).replace(/[^\p{L}]/gu, '.'), 'u'));
      await page.context().close();
    });

    test(`one case: called, given more time, noted, entered for; ${named}`, async () => {
      const page = await desk('editor', { scripts });
      const unit = units('started', 'ARGE')[6 + turn];
      const own = at(`/institut/fall/${unit.kennung}`);
      await page.goto(own);
      await assertSound(page, 'a case');
      await unfold(page);
      await assertSound(page, 'a case, unfolded');
      await page.goto(own);

      // A call without a result is refused, and the note is still there.
      let form = await act(page, 'Anruf festhalten');
      await form.getByLabel('Notiz').fill('Die Leitung ist bis Freitag auf Dienstreise.');
      await form.getByRole('button', { name: 'Festhalten' }).click();
      await page.getByText('Bitte wählen Sie, wie der Anruf ausging.').waitFor();
      expected(page);
      await assertSound(page, 'a refused call');
      form = await act(page, 'Anruf festhalten');
      assert.equal(await form.getByLabel('Notiz').inputValue(), 'Die Leitung ist bis Freitag auf Dienstreise.');
      await form.getByLabel('Wie ging er aus?').selectOption('erreicht');
      await form.getByLabel('Wieder anrufen am').fill(soon(3));
      await form.getByRole('button', { name: 'Festhalten' }).click();
      await page.getByText('Der Anruf ist festgehalten.').waitFor();
      await assertSound(page, 'a case after a call');

      form = await act(page, 'Frist verlängern');
      await form.getByLabel('Neue Frist').fill(soon(25));
      await form.getByLabel('Grund').fill('Umzug der Einheit');
      await form.getByRole('button', { name: 'Frist ändern' }).click();
      await page.getByText('Die Änderung ist gespeichert.').waitFor();
      assert.match(await page.locator('dl.facts').innerText(), /\(verlängert\)/);
      // The office sees the same day.
      const office = await newPage(browser, { scripts });
      await signIn(office, program.base, unit);
      const day = new Date(soon(25)).toLocaleDateString('de-DE', { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' });
      assert.match(await office.locator('main').innerText(), new RegExp(day.replaceAll('.', '\\.')), day);
      await office.context().close();

      form = await act(page, 'Notiz schreiben');
      await form.getByLabel('Notiz').fill('Ruft selbst zurück; <b>wichtig</b>.');
      await form.getByRole('button', { name: 'Festhalten' }).click();
      await page.locator('ul.notes .note', { hasText: 'Ruft selbst zurück; <b>wichtig</b>.' }).waitFor();
      form = await act(page.locator('ul.notes > li').first(), 'Ändern');
      await form.getByLabel(/^Notiz/).fill('Hat zurückgerufen.');
      await form.getByRole('button', { name: 'Ändern' }).click();
      await page.locator('ul.notes .note', { hasText: 'Hat zurückgerufen.' }).waitFor();
      await assertSound(page, 'a case with a note');

      // What the institute enters is marked so.
      await page.getByRole('link', { name: 'Angaben für die Einheit eintragen' }).click();
      await page.getByText('als Eintragung des Instituts festgehalten').waitFor();
      await assertSound(page, 'entering for an office');
      await page.locator('ol.modules').getByRole('link', { name: /^B / }).click();
      await page.getByText('als Eintragung des Instituts festgehalten').waitFor();
      await assertSound(page, 'a module entered for an office');
      const answer = `${4_000 + turn}`;
      await page.locator('[name="B1"]').fill(answer);
      await page.getByRole('button', { name: 'Speichern', exact: true }).last().click();
      assert.equal((await page.locator('[name="B1"]').inputValue()).replace('.', ''), answer);
      await page.goto(own);
      assert.match(await page.locator('main').innerText(), /vom Institut/i);
      await unfold(page);
      await assertSound(page, 'a case with answers entered for it');
      await page.context().close();
    });

    test(`one case: declined only when confirmed, merged with its successor; ${named}`, async () => {
      const page = await desk('editor', { scripts });
      const declined = units('invited', 'ARGE')[turn];
      await page.goto(at(`/institut/fall/${declined.kennung}`));
      let form = await act(page, 'Als verweigert vermerken');
      await form.getByLabel('Grund').fill('Kein Personal dafür');
      await form.getByRole('button', { name: 'Vermerken' }).click();
      await page.locator('.finding.error').first().waitFor();
      assert.match(await page.locator('dl.facts').innerText(), /eingeladen/, 'nothing has happened yet');
      expected(page);
      await assertSound(page, 'a refusal that was not confirmed');
      form = await act(page, 'Als verweigert vermerken');
      assert.equal(await form.getByLabel('Grund').inputValue(), 'Kein Personal dafür');
      await form.getByLabel(/^Ja, diese Einheit nimmt nicht teil/).check();
      await form.getByRole('button', { name: 'Vermerken' }).click();
      await page.getByText('Die Änderung ist gespeichert.').waitFor();
      assert.match(await page.locator('dl.facts').innerText(), /verweigert/);
      assert.match(await page.locator('main').innerText(), /Kein Personal dafür/);
      await assertSound(page, 'a case that declined');

      const merged = units('opened', 'ARGE')[4 + turn];
      const successor = units('usable', 'ARGE')[4 + turn].kennung;
      await page.goto(at(`/institut/fall/${merged.kennung}`));
      form = await act(page, 'Gehört nicht zur Erhebung');
      await form.getByLabel('Grund').fill('Kreisreform');
      await form.getByLabel(/^Kennung der Nachfolgerin/).fill('GS-9999');
      await form.getByLabel(/^Ja, der Fall scheidet/).check();
      await form.getByRole('button', { name: 'Ausschließen' }).click();
      await page.getByText('„GS-9999“').first().waitFor();
      expected(page);
      await assertSound(page, 'a successor there is not');
      form = await act(page, 'Gehört nicht zur Erhebung');
      assert.equal(await form.getByLabel('Grund').inputValue(), 'Kreisreform', 'what was typed is kept');
      await form.getByLabel(/^Kennung der Nachfolgerin/).fill(successor);
      await form.getByLabel(/^Ja, der Fall scheidet/).check();
      await form.getByRole('button', { name: 'Ausschließen' }).click();
      await page.getByText('Die Änderung ist gespeichert.').waitFor();
      assert.match(await page.locator('main').innerText(), /Kreisreform/);
      await assertSound(page, 'a case that was merged');
      // It is out of the denominator, with reason and successor.
      await page.goto(at('/institut/quoten'));
      const outside = await page.locator('tr', { hasText: merged.kennung }).innerText();
      assert.match(outside, /Kreisreform/);
      assert.match(outside, new RegExp(successor));
      await page.context().close();
    });

    test(`two at one case see each other and overwrite nothing; ${named}`, async () => {
      const own = at(`/institut/fall/${units('started', 'zkT')[turn].kennung}`);
      const [one, other] = [await desk('editor', { scripts }), await desk('admin', { scripts })];
      await one.goto(own);
      await other.goto(own);
      assert.match(await other.locator('#anwesend').innerText(), /Gerade auch geöffnet von: .*editor/i);
      await assertSound(other, 'a case somebody else has open');
      let form = await act(other, 'Notiz schreiben');
      await form.getByLabel('Notiz').fill('Von der Verwaltung.');
      await form.getByRole('button', { name: 'Festhalten' }).click();
      await other.getByText('Die Änderung ist gespeichert.').waitFor();
      if (scripts) {
        await one.waitForFunction(() => /Inzwischen geändert: Notiz/.test(document.getElementById('anwesend').innerText), null, { timeout: 15_000 });
        assert.match(await one.locator('#anwesend').innerText(), /Gerade auch geöffnet von: .*admin/i);
        await assertSound(one, 'a case that has changed meanwhile');
      }
      // Whoever acts on what has changed is told what, and keeps what was typed.
      form = await act(one, 'Frist verlängern');
      await form.getByLabel('Neue Frist').fill(soon(18));
      await form.getByLabel('Grund').fill('Bitte der Einheit');
      await form.getByRole('button', { name: 'Frist ändern' }).click();
      await one.getByText('Inzwischen hat sich dieser Fall geändert: Notiz').waitFor();
      assert.doesNotMatch(await one.locator('dl.facts').innerText(), /\(verlängert\)/, 'nothing was done');
      expected(one);
      await assertSound(one, 'a form from before');
      form = await act(one, 'Frist verlängern');
      assert.equal(await form.getByLabel('Grund').inputValue(), 'Bitte der Einheit');
      await form.getByRole('button', { name: 'Frist ändern' }).click();
      await one.getByText('Die Änderung ist gespeichert.').waitFor();
      assert.match(await one.locator('dl.facts').innerText(), /\(verlängert\)/);
      assert.match(await one.locator('ul.notes').innerText(), /Von der Verwaltung\./);
      await one.context().close();
      await other.context().close();
    });
  }

  test('the list by keyboard: j and k walk, x ticks, Enter opens', async () => {
    const page = await desk('editor');
    await page.goto(at('/institut/faelle?status=started'));
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    const second = page.locator('table.cases tbody tr').nth(1);
    assert.equal(await second.locator('input[type=checkbox]').isChecked(), true);
    assert.match(await second.getAttribute('class'), /here/);
    await assertSound(page, 'a row one stands on');
    const kennung = await second.locator('th').innerText();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/institut/fall/${kennung}**`);
    // Where one types, letters are letters.
    await page.goto(at('/institut/faelle'));
    await page.getByLabel('Name, Ort oder Kennung').fill('');
    await page.keyboard.type('jxk');
    assert.equal(await page.getByLabel('Name, Ort oder Kennung').inputValue(), 'jxk');
    await page.context().close();
  });

  for (const [width, dark] of [[1280, false], [1280, true], [320, false], [320, true]]) {
    test(`sound at ${width} pixels, ${dark ? 'dark' : 'light'}`, async () => {
      const page = await desk('editor', { width, dark });
      const columns = ['name', 'form', 'land', 'status', 'seit', 'frist'].map((one) => `spalte=${one}`).join('&');
      const chosen = units('started').slice(-2).map((one) => `fall=${one.kennung}`).join('&');
      for (const path of [
        '/institut/faelle',
        `/institut/faelle?stand=offen&sortierung=bewegung&richtung=ab&${columns}`,
        `/institut/faelle/auswahl?aktion=notiz&${chosen}`,
        '/institut/arbeitsliste',
        ...['invited', 'started', 'submitted', 'usable', 'refused', 'ineligible'].map((status) => `/institut/fall/${units(status).at(-1).kennung}`),
        `/institut/fall/${units('started').at(-1).kennung}/kontakte`,
        `/institut/fall/${units('started').at(-1).kennung}/eingabe`,
        `/institut/fall/${units('started').at(-1).kennung}/eingabe/D`,
      ]) {
        await page.goto(at(path));
        await assertSound(page, path);
        await unfold(page);
        await assertSound(page, `${path}, unfolded`);
      }
      await page.context().close();
    });
  }

  test('the list of a wide page is seen whole; a narrow one can be read to its end', async () => {
    for (const role of ['viewer', 'editor']) {
      const page = await desk(role, { width: 1280 });
      for (const path of ['/institut/faelle', '/institut/faelle?status=started', '/institut/faelle?status=usable']) {
        await page.goto(at(path));
        const [seen, whole] = await page.locator('.table-scroll').evaluate((region) => [region.clientWidth, region.scrollWidth]);
        assert.ok(whole <= seen, `${role}, ${path}: ${whole} of ${seen} pixels`);
      }
      await page.context().close();
    }
    const page = await desk('editor', { width: 320 });
    await page.goto(at('/institut/faelle'));
    await assertNoSidewaysScroll(page, 'the list at 320 pixels');
    const last = page.locator('table.cases tbody tr').first().locator('td').last();
    await last.scrollIntoViewIfNeeded();
    const box = await last.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 321, `the last cell ends at ${box.x + box.width}`);
    // The row's name stays in sight meanwhile.
    const row = await page.locator('table.cases tbody th').first().boundingBox();
    assert.ok(row.x >= 0 && row.x < 320, `the Kennung stands at ${row.x}`);
    await page.context().close();
  });

  test('on paper the list and the case stand there, nothing to press', async () => {
    const page = await desk('editor');
    await page.goto(at('/institut/faelle?status=started'));
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('table.cases').isVisible(), true);
    for (const name of ['Filtern', 'Weiter']) {
      assert.equal(await page.getByRole('button', { name, exact: true }).isVisible(), false, name);
    }
    assert.equal(await page.locator('table.cases input[type=checkbox]').first().isVisible(), false);
    await page.goto(at(`/institut/fall/${units('usable')[0].kennung}`));
    assert.equal(await page.getByRole('heading', { name: 'Verlauf' }).isVisible(), true);
    assert.equal(await page.getByRole('heading', { name: 'Einordnung' }).isVisible(), true);
    assert.equal(await page.getByText('Anruf festhalten').isVisible(), false);
    await page.goto(at('/institut/arbeitsliste'));
    assert.equal(await page.locator('ol.worklist > li').first().isVisible(), true);
    assert.equal(await page.getByText('Anruf festhalten').first().isVisible(), false);
    await page.context().close();
  });
});

/** A day so many days ahead, as a date field wants it. */
function soon(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** A refusal is an answer too: the console's line about its status is none. */
function expected(page) {
  page.complaints = page.complaints.filter((one) => !/status of 4\d\d/.test(one));
}
