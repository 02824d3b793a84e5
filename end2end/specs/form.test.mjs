// What the form does while one answers: routing, every kind of control, hard
// and soft edits, saving, keyboard; with scripts and, where it must, without.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertSound, launch, newPage, ready, signIn } from '../support/browser.mjs';
import { saved } from '../support/fill.mjs';
import { startProgram } from '../support/program.mjs';

describe('the form of a module', () => {
  let program;
  let browser;
  let units;
  before(async () => {
    program = await startProgram();
    browser = await launch();
    units = program.demo.units.filter((one) => one.form === 'ARGE' && ['started', 'opened'].includes(one.status));
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  async function open(letter, { scripts = true, width = 1280, unit = 0, dark = false } = {}) {
    const page = await newPage(browser, { scripts, width, dark });
    await signIn(page, program.base, units[unit % units.length]);
    await page.goto(`${program.base}/befragung/${letter}`);
    await ready(page);
    return page;
  }
  const save = (page) => page.getByRole('button', { name: 'Speichern', exact: true }).last().click();
  const choose = (page, item, code) => page.locator(`[name="${item}"][value="${code}"]`).check();

  for (const scripts of [true, false]) {
    test(`routing opens and closes questions; scripts ${scripts ? 'on' : 'off'}`, async () => {
      const page = await open('D', { scripts });
      await choose(page, 'D1_ue', '1');
      if (!scripts) await save(page);
      await page.locator('[name="D2_ue"][value="1"]').waitFor();
      await choose(page, 'D2_ue', '1');
      await choose(page, 'D1_ue', '2');
      if (scripts) await saved(page);
      else await save(page);
      await page.locator('[name="D6_ue"]').first().waitFor();
      assert.equal(await page.locator('[name="D2_ue"]').count(), 0, 'D2 is no longer asked');
      assert.match(await page.locator('#frage-D2_ue').innerText(), /wird aber nicht übermittelt/);
      await choose(page, 'D1_ue', '1');
      if (scripts) await saved(page);
      else await save(page);
      await page.locator('[name="D2_ue"][value="1"]').waitFor();
      assert.ok(await page.locator('[name="D2_ue"][value="1"]').isChecked(), 'the earlier answer came back');
      await assertSound(page, 'module D');
      await page.context().close();
    });

    test(`a number in the wrong form is kept and explained; scripts ${scripts ? 'on' : 'off'}`, async () => {
      const page = await open('B', { scripts });
      await page.locator('#B1').fill('12.5');
      await page.locator('#B2').focus();
      if (!scripts) await save(page);
      await page.locator('#B1-befund .finding.error').waitFor();
      assert.equal(await page.locator('#B1').inputValue(), '12.5');
      await assertSound(page, 'module B with an error');
      await page.locator('#B1').fill('5.000');
      await page.locator('#B2').fill('6.000');
      await page.locator('#B3').focus();
      if (!scripts) await save(page);
      await page.locator('#befund-B2_h1').waitFor();
      await page.context().close();
    });

    test(`a soft edit takes a reason, which lapses with the value; scripts ${scripts ? 'on' : 'off'}`, async () => {
      const page = await open('A', { scripts, unit: scripts ? 0 : 1 });
      await page.locator('#A3').fill('60');
      await page.locator('#A3__missing').focus();
      if (!scripts) await save(page);
      await page.locator('[name="reason__A3_s1"]').fill('Sehr großer Landkreis mit vielen Außenstellen.');
      await page.locator('#A3').focus();
      if (scripts) await saved(page);
      else await save(page);
      await page.locator('#befund-A3_s1.confirmed').waitFor();
      await page.reload();
      await ready(page);
      await page.locator('#befund-A3_s1.confirmed').waitFor();
      await page.locator('#A3').fill('61');
      await page.locator('#A3__missing').focus();
      if (!scripts) await save(page);
      await page.locator('#befund-A3_s1.warning').waitFor();
      await page.context().close();
    });

    test(`Ü25 is copied to U25, visibly; scripts ${scripts ? 'on' : 'off'}`, async () => {
      const page = await open('D', { scripts, unit: 2 });
      await choose(page, 'D1_ue', '2');
      if (!scripts) await save(page);
      await page.locator('[name="D5_ue"][value="1"]').waitFor();
      await choose(page, 'D5_ue', '1');
      await page.getByRole('button', { name: 'Angaben für Ü25 übernehmen' }).click();
      await page.locator('[name="D5_u25"]').first().waitFor();
      if (scripts) await saved(page);
      assert.ok(await page.locator('[name="D1_u25"][value="2"]').isChecked());
      assert.ok(await page.locator('[name="D5_u25"][value="1"]').isChecked());
      await page.context().close();
    });
  }

  test('what is typed is saved within a second and still there after a reload', async () => {
    const page = await open('H', { unit: 3 });
    await page.locator('#H1').pressSequentially('102,5');
    await page.waitForResponse((response) => response.url().includes('/api/antworten'), { timeout: 1_500 });
    await saved(page);
    await page.reload();
    await ready(page);
    assert.equal(await page.locator('#H1').inputValue(), '102,5');
    await page.context().close();
  });

  test('"Angabe nicht möglich" and an answer exclude each other', async () => {
    const page = await open('B', { unit: 4 });
    await page.locator('#B4').fill('3.000');
    await page.locator('#B4__missing').check();
    assert.equal(await page.locator('#B4').inputValue(), '');
    await page.locator('#B4').fill('2.900');
    assert.equal(await page.locator('#B4__missing').isChecked(), false);
    await saved(page);
    await page.context().close();
  });

  test('the keyboard alone answers, saves and goes on', async () => {
    const page = await open('C', { unit: 5 });
    await page.locator('#C1').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await saved(page);
    assert.equal(await page.evaluate(() => document.activeElement.name), 'C1');
    await page.getByRole('button', { name: 'Speichern und weiter' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/befragung\/[CD]/);
    await page.context().close();
  });

  for (const letter of ['A', 'B', 'D', 'G', 'H', 'I', 'J', 'K', 'L', 'Z']) {
    test(`module ${letter} is sound at 320 pixels, light and dark`, async () => {
      for (const dark of [false, true]) {
        const page = await open(letter, { width: 320, dark, unit: 6 });
        await assertSound(page, `module ${letter} at 320 pixels${dark ? ', dark' : ''}`);
        await page.context().close();
      }
    });
  }
});
