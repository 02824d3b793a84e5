// Fills a module page as a person does: what stands there is answered, what
// appears in consequence is answered too.
import { ready } from './browser.mjs';

/** Answers every control on the page that `answers` names. Returns how many changed. */
export async function fillVisible(page, answers) {
  let changed = 0;
  const shown = await page.locator('input[name^="rev__"]').evaluateAll((fields) => fields.map((field) => field.name.slice(5)));
  for (const item of shown) {
    const wanted = answers[item];
    if (wanted === undefined) continue;
    const controls = page.locator(`[name="${item}"]`);
    const type = await controls.first().getAttribute('type');
    if (type === 'radio' || type === 'checkbox') {
      for (const value of [wanted].flat()) {
        const control = page.locator(`[name="${item}"][value="${value}"]`);
        if (!(await control.isChecked())) {
          await control.check();
          changed += 1;
        }
      }
    } else if ((await controls.first().inputValue()) !== wanted) {
      await controls.first().fill(wanted);
      changed += 1;
    }
  }
  return changed;
}

/** Fills one module and goes on to the next. */
export async function fillModule(page, base, letter, answers, { scripts }) {
  await page.goto(`${base}/befragung/${letter}`);
  await ready(page);
  for (let round = 0; round < 6; round += 1) {
    const changed = await fillVisible(page, answers);
    if (changed === 0) break;
    if (scripts) {
      await page.locator('#speicherstand').blur().catch(() => {});
      await saved(page);
    } else {
      await page.getByRole('button', { name: 'Speichern', exact: true }).last().click();
    }
  }
}

/** Waits until everything typed is acknowledged. */
export async function saved(page) {
  await page.waitForFunction(
    () => ['saved', 'untouched'].includes(document.getElementById('speicherstand')?.dataset.state),
    null,
    { timeout: 10_000 },
  );
}
