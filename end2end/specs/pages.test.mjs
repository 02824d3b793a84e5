// Every other page: sound at both widths, in light and dark, with its states.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertNoSidewaysScroll, assertSound, launch, newPage, signIn } from '../support/browser.mjs';
import { startProgram } from '../support/program.mjs';

const PUBLIC = ['/anmelden', '/passwort-vergessen', '/impressum', '/datenschutz', '/barrierefreiheit', '/zugang/unbekannt', '/gibt-es-nicht'];
const OFFICE = ['/befragung', '/befragung/pruefung', '/befragung/abgabe', '/befragung/quittung', '/befragung/druck', '/befragung/druck?leer=1'];

describe('pages', () => {
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

  const unit = (status) => program.demo.units.find((one) => one.status === status);

  async function visit(page, paths, what) {
    for (const path of paths) {
      const answer = await page.goto(`${program.base}${path}`);
      // A page that is not there is reported by the browser itself.
      if (answer.status() >= 400) page.complaints = page.complaints.filter((text) => !/Failed to load resource/.test(text));
      await assertSound(page, `${what} ${path}`);
    }
  }

  for (const width of [1280, 320]) {
    for (const dark of [false, true]) {
      test(`${width} pixels, ${dark ? 'dark' : 'light'}`, async () => {
        const visitor = await newPage(browser, { width, dark });
        await visit(visitor, PUBLIC, 'public');
        await visitor.context().close();
        for (const status of ['started', 'usable']) {
          const page = await newPage(browser, { width, dark });
          await signIn(page, program.base, unit(status));
          await visit(page, [...OFFICE, ...(status === 'usable' ? ['/befragung/D'] : [])], status);
          await page.context().close();
        }
        const staff = await newPage(browser, { width, dark });
        await signIn(staff, program.base, program.demo.staff.find((one) => one.role === 'editor'));
        await visit(staff, ['/institut', `/institut/fall/${unit('usable').kennung}`, `/institut/fall/${unit('started').kennung}`], 'staff');
        await staff.context().close();
      });
    }
  }

  test('a wrong password is answered at the field, without saying which was wrong', async () => {
    const page = await newPage(browser);
    await signIn(page, program.base, { login: unit('started').kennung, password: 'falsch falsch falsch' });
    await page.getByRole('alert').waitFor();
    page.complaints = page.complaints.filter((text) => !/Failed to load resource/.test(text));
    await assertSound(page, 'a refused sign-in');
    const known = await page.getByRole('alert').innerText();
    await signIn(page, program.base, { login: 'GS-9999', password: 'falsch falsch falsch' });
    assert.equal(await page.getByRole('alert').innerText(), known);
    await page.context().close();
  });

  test('pages without scripts need none', async () => {
    const page = await newPage(browser, { scripts: false, width: 320 });
    await signIn(page, program.base, unit('started'));
    for (const path of OFFICE) {
      await page.goto(`${program.base}${path}`);
      await assertNoSidewaysScroll(page, path);
      assert.ok(await page.locator('h1').count(), `heading on ${path}`);
    }
    await page.context().close();
  });
});
