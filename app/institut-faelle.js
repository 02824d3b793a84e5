// Two things the pages about cases can do without, but not as well: who else
// has a case open, while one looks at it; and the list by keyboard.
const PAUSE = 10_000;
const here = document.querySelector('[data-anwesend]');

if (here) {
  const others = here.querySelector('[data-andere]');
  const changed = here.querySelector('[data-geaendert]');
  const fields = (more) => new URLSearchParams({ welle: here.dataset.welle, stand: here.dataset.stand, ...more });
  const say = (place, text) => {
    if (place.textContent !== text) place.textContent = text;
  };

  // Looking on is no work: after a while without any, the session may end.
  const AWAY = 600_000;
  let worked = Date.now();
  for (const sign of ['keydown', 'pointerdown', 'scroll']) {
    addEventListener(sign, () => { worked = Date.now(); }, { passive: true });
  }

  async function ask() {
    if (Date.now() - worked > AWAY) return;
    try {
      const answer = await fetch(here.dataset.anwesend, { method: 'POST', body: fields() });
      if (!answer.ok) return;
      const state = await answer.json();
      say(others, state.andere.length ? `Gerade auch geöffnet von: ${state.andere.join(', ')}` : '');
      say(changed, state.geaendert.length ? `Inzwischen geändert: ${state.geaendert.join('; ')}. Bitte laden Sie die Seite neu, bevor Sie etwas ändern.` : '');
    } catch {
      // The next round asks again.
    }
  }

  setTimeout(ask, 500);
  setInterval(ask, PAUSE);
  addEventListener('pagehide', () => navigator.sendBeacon(here.dataset.anwesend, fields({ weg: 'ja' })));
}

const list = document.querySelector('table[data-zeilen]');

if (list) {
  const rows = [...list.tBodies[0].rows];
  let place = -1;
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input:not([type=checkbox]), textarea, select, button, summary');
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = { j: 1, k: -1 }[event.key];
    if (step) {
      rows[place]?.classList.remove('here');
      place = Math.min(Math.max(place + step, 0), rows.length - 1);
      rows[place].classList.add('here');
      rows[place].querySelector('th a').focus();
      event.preventDefault();
    } else if (event.key === 'x' && rows[place]) {
      rows[place].querySelector('input[type=checkbox]')?.click();
      event.preventDefault();
    }
  });
}
