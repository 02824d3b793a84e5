// What really happens in an office: two people in one form, no connection, a
// browser that dies, a session that ends. With scripts and, where it must,
// without.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertSound, launch, newPage, ready, signIn } from '../support/browser.mjs';
import { saved } from '../support/fill.mjs';
import { startProgram } from '../support/program.mjs';

describe('interruptions', () => {
  let program;
  let browser;
  let units;
  before(async () => {
    program = await startProgram();
    browser = await launch();
    units = program.demo.units.filter((one) => ['opened', 'started'].includes(one.status) && one.form === 'ARGE');
    assert.ok(units.length >= 6, `${units.length} units to work with`);
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  async function open(unit, letter, { scripts = true, page } = {}) {
    const opened = page ?? (await newPage(browser, { scripts }));
    if (!page) await signIn(opened, program.base, unit);
    await opened.goto(`${program.base}/befragung/${letter}`);
    await ready(opened);
    return opened;
  }
  const save = (page) => page.getByRole('button', { name: 'Speichern', exact: true }).last().click();
  const state = (page, wanted) =>
    page.waitForFunction((name) => document.getElementById('speicherstand')?.dataset.state === name, wanted, { timeout: 10_000 });
  const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('ruecklauf:')).length);
  const value = (page, item) => page.locator(`#${item}`).inputValue();
  /** Another page of the same browser: same cookies, same storage. */
  async function another(page) {
    const next = await page.context().newPage();
    next.scripts = page.scripts;
    next.complaints = [];
    return next;
  }

  for (const [index, scripts] of [true, false].entries()) {
    const mode = `scripts ${scripts ? 'on' : 'off'}`;

    test(`two people at different questions: both answers stay; ${mode}`, async () => {
      const unit = units[index];
      const one = await open(unit, 'L', { scripts });
      const other = await open(unit, 'L', { scripts });
      await one.locator('#L1').fill('4.100.000');
      await other.locator('#L2').fill('4.000.000');
      for (const page of [one, other]) {
        if (scripts) await page.locator('#L3').focus().then(() => saved(page));
        else await save(page);
      }
      await one.reload();
      assert.deepEqual([await value(one, 'L1'), await value(one, 'L2')], ['4.100.000', '4.000.000']);
      await one.context().close();
      await other.context().close();
    });

    test(`two people at one question: the second sees both and decides with one press; ${mode}`, async () => {
      const unit = units[index];
      const one = await open(unit, 'H', { scripts });
      const other = await open(unit, 'H', { scripts });
      const type = async (page, text) => {
        await page.locator('#H1').fill(text);
        if (scripts) await page.locator('#H2').focus().then(() => saved(page));
        else await save(page);
      };
      await type(one, '101,5');
      await type(other, '103');
      const conflict = other.locator('#frage-H1 .finding.conflict');
      await conflict.waitFor();
      const text = await conflict.innerText();
      assert.ok(text.includes('„101,5“') && text.includes('„103“') && /\d\d:\d\d/.test(text), text);
      await assertSound(other, 'a conflict');
      // Whatever else is saved meanwhile, the first answer stands.
      await save(other);
      await other.locator('#frage-H1 .finding.conflict').waitFor();
      await one.reload();
      assert.equal(await value(one, 'H1'), '101,5');
      await other.getByRole('button', { name: '„103“ übernehmen' }).click();
      await other.waitForURL(/meldung=gespeichert/);
      assert.equal(await value(other, 'H1'), '103');
      assert.equal(await other.locator('.finding.conflict').count(), 0);

      // And the other way round: what stands is kept.
      await ready(one);
      await ready(other);
      const third = await open(unit, 'H', { scripts });
      await type(other, '104');
      await type(third, '105');
      await third.locator('#frage-H1 .finding.conflict').waitFor();
      await third.goto(`${program.base}/befragung/pruefung`);
      await third.getByRole('heading', { name: 'Bitte entscheiden' }).waitFor();
      await assertSound(third, 'the review with a conflict');
      await third.locator('.open-points a', { hasText: 'H1' }).first().click();
      await ready(third);
      await third.getByRole('button', { name: '„104“ behalten' }).click();
      await third.waitForURL(/meldung=gespeichert/);
      assert.equal(await value(third, 'H1'), '104');
      for (const page of [one, other, third]) await page.context().close();
    });

    test(`a session that ended meanwhile: sign in, and everything typed is there; ${mode}`, async () => {
      const unit = units[2 + index];
      const page = await open(unit, 'L', { scripts });
      await page.context().clearCookies();
      await page.locator('#L1').fill('4.321.000');
      await page.locator('#L2').fill('keine Zahl');
      if (scripts) await state(page, 'signed-out');
      await save(page);
      await page.getByRole('heading', { name: /Anmelden/ }).waitFor();
      page.complaints = [];
      await assertSound(page, 'signing in again');
      await page.getByLabel('Kennung oder E-Mail-Adresse').fill(unit.login);
      await page.getByLabel('Passwort', { exact: true }).fill(unit.password);
      await page.getByRole('button', { name: 'Anmelden' }).click();
      await page.waitForURL(/\/befragung\/L/);
      await ready(page);
      if (scripts) await saved(page);
      await page.reload();
      assert.deepEqual([await value(page, 'L1'), await value(page, 'L2')], ['4.321.000', 'keine Zahl']);
      if (scripts) assert.equal(await kept(page), 0);
      await page.context().close();
    });
  }

  test('the end of the session is announced five minutes before', async () => {
    const page = await newPage(browser);
    await page.clock.install();
    await open(units[4], 'L', { page: await signIn(page, program.base, units[4]).then(() => page) });
    await page.clock.runFor(24 * 60_000);
    assert.equal(await page.locator('#speicherstand').innerText(), '');
    await page.clock.runFor(2 * 60_000);
    await state(page, 'expiring');
    assert.match(await page.locator('#speicherstand').innerText(), /Sitzung endet in wenigen Minuten/);
    await page.context().close();
  });

  test('without a connection answers are kept, marked and sent once it is back, each once', async () => {
    const page = await open(units[4], 'L');
    const acknowledged = [];
    page.on('response', async (response) => {
      if (response.url().includes('/api/antworten') && response.ok()) {
        acknowledged.push(...JSON.parse(response.request().postData()).changes.map((change) => `${change.item} ${change.entry?.g}`));
      }
    });
    await page.context().setOffline(true);
    await page.locator('#L1').fill('4.200.001');
    await page.locator('#L2').fill('4.200.002');
    await page.locator('#L1').fill('4.200.003');
    await page.locator('#L3').focus();
    await state(page, 'offline');
    assert.match(await page.locator('#speicherstand').innerText(), /keine Verbindung/);
    await page.locator('#frage-L1 .unsaved').waitFor();
    await page.locator('#frage-L2 .unsaved').waitFor();
    assert.equal(await page.locator('#frage-L3 .unsaved').count(), 0);
    assert.equal(await kept(page), 1);
    page.complaints = [];
    await assertSound(page, 'a module without a connection');
    await page.context().setOffline(false);
    await saved(page);
    assert.equal(await page.locator('.unsaved').count(), 0);
    assert.equal(await kept(page), 0, 'cleared on acknowledgement');
    assert.deepEqual(acknowledged.sort(), ['L1 4.200.003', 'L2 4.200.002']);
    await page.reload();
    assert.deepEqual([await value(page, 'L1'), await value(page, 'L2')], ['4.200.003', '4.200.002']);
    await page.context().close();
  });

  test('an answer that was stored, but whose acknowledgement was lost, is no conflict', async () => {
    const page = await open(units[4], 'L');
    let lost = 0;
    await page.route('**/api/antworten', async (route) => {
      if (lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    await page.locator('#L1').fill('4.300.000');
    await page.locator('#L2').focus();
    await state(page, 'offline');
    await saved(page);
    assert.equal(await page.locator('.finding.conflict').count(), 0);
    assert.equal(await kept(page), 0);
    await page.context().close();
  });

  for (const back of ['the same module', 'the overview']) {
    test(`a browser tab that died leaves its answers to ${back}`, async () => {
      const page = await open(units[5], 'L');
      const typed = back === 'the overview' ? '4.500.001' : '4.500.000';
      await page.context().setOffline(true);
      await page.locator('#L1').fill(typed);
      await page.locator('#L2').focus();
      await state(page, 'offline');
      const next = await another(page);
      await page.close();
      await next.context().setOffline(false);
      if (back === 'the overview') {
        await next.goto(`${program.base}/befragung`);
        await next.waitForURL(/meldung=nachgetragen/);
        await next.getByText('sind jetzt gespeichert').waitFor();
        await assertSound(next, 'the overview after answers were sent');
      } else {
        await open(units[5], 'L', { page: next });
        assert.equal(await value(next, 'L1'), typed);
        await saved(next);
      }
      assert.equal(await kept(next), 0);
      await open(units[5], 'L', { page: next });
      assert.equal(await value(next, 'L1'), typed);
      await next.context().close();
    });
  }

  test('two tabs without a connection do not take each other’s answers away', async () => {
    const one = await open(units[5], 'L');
    const other = await open(units[5], 'K', { page: await another(one) });
    await one.context().setOffline(true);
    await one.locator('#L1').fill('4.600.000');
    await other.locator('#K5').fill('2.600');
    for (const page of [one, other]) await state(page, 'offline');
    assert.equal(await kept(one), 2);
    await one.context().setOffline(false);
    for (const page of [one, other]) await saved(page);
    assert.equal(await kept(one), 0);
    await one.context().close();
  });

  test('an answer the server does not take holds no other up and is not forgotten', async () => {
    const page = await open(units[3], 'Z');
    await page.context().setOffline(true);
    await page.locator('#Z1').fill('x'.repeat(20_001));
    await page.locator('#Z2').fill('95');
    await page.locator('#Z1').focus();
    await state(page, 'offline');
    await page.context().setOffline(false);
    await state(page, 'refused');
    assert.match(await page.locator('#speicherstand').innerText(), /Z1.*zu lang/);
    await page.waitForFunction(() => document.querySelector('[name="rev__Z2"]').value !== '0');
    await state(page, 'refused');
    await page.locator('#Z1').fill('Kürzer.');
    await page.locator('#Z2').focus();
    await saved(page);
    await page.reload();
    assert.deepEqual([await value(page, 'Z1'), await value(page, 'Z2')], ['Kürzer.', '95']);
    await page.context().close();
  });

  test('what a dead tab left does not replace what was answered since', async () => {
    const page = await open(units[3], 'L');
    await page.context().setOffline(true);
    await page.locator('#L1').fill('4.800.000');
    await page.locator('#L2').focus();
    await state(page, 'offline');
    const next = await another(page);
    const third = await another(page);
    await page.close();
    // Answered without scripts' knowledge of what was left, in the same session.
    await next.route('**/assets/start.*', (route) => route.abort());
    await next.context().setOffline(false);
    await next.goto(`${program.base}/befragung/L`);
    await next.locator('#L1').fill('4.900.000');
    await save(next);
    await next.waitForURL(/meldung=gespeichert/);
    await open(units[3], 'L', { page: third });
    await third.locator('#frage-L1 .finding.conflict').waitFor();
    await third.getByRole('button', { name: '„4.900.000“ behalten' }).click();
    await third.waitForURL(/meldung=gespeichert/);
    assert.equal(await value(third, 'L1'), '4.900.000');
    await third.context().close();
  });

  test('signing out leaves nothing in the browser, but asks before anything is lost', async () => {
    const page = await open(units[5], 'L');
    await page.route('**/api/antworten', (route) => route.abort());
    await page.locator('#L1').fill('4.700.000');
    await page.locator('#L2').focus();
    await state(page, 'offline');
    const asked = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      return asked.length === 1 ? dialog.dismiss() : dialog.accept();
    });
    const leave = page.getByRole('button', { name: 'Abmelden' });
    await leave.click();
    await page.waitForTimeout(2_500);
    assert.match(page.url(), /\/befragung\/L/, 'dismissed: nothing happened');
    assert.equal(await kept(page), 1);
    await leave.click();
    await page.waitForURL(/\/anmelden\?meldung=abgemeldet/);
    assert.match(asked[1], /gehen sie verloren/);
    assert.equal(await kept(page), 0);
    await page.context().close();
  });

  test('nobody else who signs in at this browser gets to see what waits', async () => {
    const page = await open(units[0], 'L');
    await page.route('**/api/antworten', (route) => route.abort());
    await page.locator('#L4').fill('77');
    await page.locator('#L1').focus();
    await state(page, 'offline');
    await page.context().clearCookies();
    const next = await another(page);
    await signIn(next, program.base, units[1]);
    // The page that is still open sends with the other unit's session.
    await page.unroute('**/api/antworten');
    await page.locator('#L4').fill('78');
    await page.locator('#L1').focus();
    await state(page, 'signed-out');
    await open(units[1], 'L', { page: next });
    assert.ok(!['77', '78'].includes(await value(next, 'L4')));
    await page.close();
    await next.goto(`${program.base}/befragung`);
    assert.equal(await kept(next), 1, 'it waits for its own unit');
    await next.context().close();
  });
});
