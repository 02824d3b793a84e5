// Figures change while one looks: pages with `data-ereignisse` (their wave) and
// `data-stand` (the change number they were made at) fetch themselves anew
// when the server names a larger one, and exchange what is marked `data-live`.
// One stream for all tabs of a browser: whichever tab holds the lock listens
// and tells the others. Nothing here counts as use of the sign-in.
const live = document.querySelector('[data-ereignisse]');
const QUIETLY = { headers: { 'X-Nebenbei': 'ja' } };
const AGAIN = 30_000;

if (live && navigator.locks && window.BroadcastChannel && window.EventSource) {
  const channel = new BroadcastChannel('ruecklauf-ereignisse');
  let numbers = null;
  let busy = false;
  let over = false;

  channel.onmessage = ({ data }) => (data === 'frage' ? numbers && channel.postMessage(numbers) : take(data));
  channel.postMessage('frage');
  navigator.locks.request('ruecklauf-ereignisse', () => new Promise(listen));

  /** Holds the stream, until this tab ends. */
  function listen(done) {
    const source = new EventSource('/institut/ereignisse');
    source.addEventListener('stand', ({ data }) => tell(JSON.parse(data)));
    source.addEventListener('ende', () => {
      source.close();
      tell('ende');
      done();
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED && !over) setTimeout(() => listen(done), AGAIN);
    };
  }

  function tell(data) {
    channel.postMessage(data);
    take(data);
  }

  function take(data) {
    if (data === 'ende') {
      over = true;
      live.dataset.lebt = 'nein';
      const place = document.getElementById('stand');
      if (place) place.textContent += ' – Die Anmeldung ist beendet; bitte laden Sie die Seite neu.';
      return;
    }
    numbers = data;
    live.dataset.lebt = 'ja';
    if (isBehind()) refresh();
  }

  function isBehind() {
    const newest = numbers?.[live.dataset.ereignisse];
    return newest !== undefined && newest > Number(live.dataset.stand);
  }

  async function refresh() {
    if (busy || over) return;
    busy = true;
    try {
      while (isBehind()) {
        const answer = await fetch(location.href, QUIETLY);
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const next = page.querySelector('[data-ereignisse]');
        if (!answer.ok || !next) break;
        exchange(page);
        // Never behind for ever, should a page be older than its number.
        live.dataset.stand = String(Math.max(Number(next.dataset.stand), numbers[live.dataset.ereignisse]));
      }
    } catch {
      // The next number tries again.
    } finally {
      busy = false;
    }
  }

  /** Puts what changed in place; scroll, focus and what is unfolded stay. */
  function exchange(page) {
    const { scrollX, scrollY } = window;
    for (const fresh of page.querySelectorAll('[data-live]')) {
      const old = document.getElementById(fresh.id);
      if (!old || old.outerHTML === fresh.outerHTML) continue;
      const kept = state(old);
      const put = document.adoptNode(fresh);
      for (const id of kept.open) put.querySelector(`details[id="${id}"]`)?.setAttribute('open', '');
      old.replaceWith(put);
      put.querySelectorAll('.table-scroll').forEach((region, place) => {
        region.scrollLeft = kept.scrolled[place] ?? 0;
      });
      if (kept.focus) at(put, kept.focus)?.focus({ preventScroll: true });
    }
    window.scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' });
  }

  function state(element) {
    const active = document.activeElement;
    return {
      open: [...element.querySelectorAll('details[open][id]')].map((one) => one.id),
      scrolled: [...element.querySelectorAll('.table-scroll')].map((region) => region.scrollLeft),
      focus: element.contains(active) ? way(element, active) : null,
    };
  }

  /** The way from an element to one inside it, as places among siblings. */
  function way(from, to) {
    const places = [];
    for (let one = to; one !== from; one = one.parentElement) places.unshift([...one.parentElement.children].indexOf(one));
    return places;
  }

  const at = (from, places) => places.reduce((one, place) => one?.children[place], from);
}
