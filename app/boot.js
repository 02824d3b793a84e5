// Starts the islands of a page. Pages without the questionnaire's form load
// nothing further; pages with it work without this script too.
// The build puts the hashed names in place of __JS__ and __WASM__.
//
// Answers the server has not acknowledged wait in the local storage, one
// record per page (form/pending.rs writes it). A page holds a lock named like
// its record; what nobody holds was left behind, and the next page of the same
// unit takes it over: the form puts it back, other pages send it themselves.
const PREFIX = 'ruecklauf:';
const KEPT_FOR = 30 * 24 * 60 * 60 * 1000;
const unit = document.querySelector('[data-einheit]')?.dataset.einheit;
const questionnaire = document.getElementById('fragebogen');

const names = (start) => Object.keys(localStorage).filter((name) => name.startsWith(start));
const read = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
};

// One record of two: of the same case, the later word counts; of two cases,
// the later case.
function merged(one, other) {
  if (!one || !other) return one ?? other;
  const [earlier, later] = one.at <= other.at ? [one, other] : [other, one];
  if (earlier.case !== later.case) return later;
  const changes = new Map([...earlier.changes, ...later.changes].map((change) => [change.item, change]));
  const reasons = new Map([...earlier.reasons, ...later.reasons]);
  return { ...later, changes: [...changes.values()], reasons: [...reasons] };
}

// Everything dead pages have left, under this page's name. A record changes
// hands while its lock is held: of two pages only one gets it.
async function inherit() {
  const mine = `${PREFIX}${unit}:${crypto.randomUUID()}`;
  void navigator.locks.request(mine, () => new Promise(() => {}));
  const take = (name) => navigator.locks.request(name, { signal: AbortSignal.timeout(300) }, () => {
    const record = read(name);
    if (!record) return;
    for (const change of record.changes) change.late = true;
    localStorage.setItem(mine, JSON.stringify(merged(read(mine), record)));
    localStorage.removeItem(name);
  });
  await Promise.allSettled(names(`${PREFIX}${unit}:`).filter((name) => name !== mine).map(take));
  return mine;
}

function say(text) {
  const notice = document.getElementById('nachtrag') ?? document.createElement('p');
  notice.id = 'nachtrag';
  notice.className = 'notice warning';
  notice.setAttribute('role', 'status');
  document.querySelector('main h1')?.after(notice);
  notice.textContent = text;
}

// Sends what was left, from a page that has no form to put it into.
async function send(name) {
  const again = () => {
    say('In diesem Browser liegen Angaben, die noch nicht gespeichert sind. Sie werden gesendet, sobald die Verbindung wieder steht.');
    setTimeout(() => send(name), 10_000);
  };
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  let reply;
  try {
    const answer = await fetch('/api/antworten', { method: 'POST', headers, body: localStorage.getItem(name) });
    if (!answer.ok) return again();
    reply = await answer.json();
  } catch {
    return again();
  }
  if (reply.Saved) {
    localStorage.removeItem(name);
    const message = reply.Saved.conflicts.length ? 'zwei-angaben' : 'nachgetragen';
    // Never away from something that is being typed or waits to be sent.
    if (document.querySelector('main form')) say('Angaben, die in diesem Browser noch nicht gespeichert waren, sind jetzt gespeichert.');
    else location.replace(`${location.pathname}?meldung=${message}`);
  } else if (reply.Refused?.item) {
    const record = read(name);
    record.changes = record.changes.filter((change) => change.item !== reply.Refused.item);
    localStorage.setItem(name, JSON.stringify(record));
    say(`Eine Angabe konnte nicht gespeichert werden: ${reply.Refused.reason}`);
    void send(name);
  } else if (reply.Refused) {
    say(`In diesem Browser liegen Angaben, die nicht mehr gespeichert werden können: ${reply.Refused.reason}`);
  } else {
    say('In diesem Browser liegen Angaben, die noch nicht gespeichert sind. Bitte melden Sie sich an; dann werden sie nachgetragen.');
  }
}

// Signing out leaves nothing behind, but not before what is on its way arrived.
async function leave(form) {
  const records = () => (unit ? names(`${PREFIX}${unit}:`) : []);
  const open = () => records().length > 0;
  for (let tries = 0; open() && tries < 20; tries += 1) await new Promise((next) => setTimeout(next, 100));
  const lost = 'Einige Angaben sind noch nicht gespeichert. Wenn Sie sich jetzt abmelden, gehen sie verloren. Trotzdem abmelden?';
  if (open() && !confirm(lost)) return;
  signedOut.postMessage(unit);
  for (const name of records()) localStorage.removeItem(name);
  form.submit();
}

// Other pages of the same unit keep nothing further then.
const signedOut = new BroadcastChannel('ruecklauf-abgemeldet');
signedOut.onmessage = ({ data }) => {
  if (data === unit) delete document.documentElement.dataset.merkzettel;
};

let merkzettel;
try {
  for (const name of names(PREFIX)) if (!(Date.now() - read(name)?.at < KEPT_FOR)) localStorage.removeItem(name);
  if (unit) merkzettel = await inherit();
  document.querySelector('form[action="/abmelden"]')?.addEventListener('submit', (event) => {
    event.preventDefault();
    void leave(event.target);
  });
} catch {
  // A browser that keeps nothing: everything else goes on.
}
if (merkzettel) document.documentElement.dataset.merkzettel = merkzettel;

if (questionnaire) {
  const [program, instrument] = await Promise.all([
    import('__JS__'),
    fetch(questionnaire.href, { credentials: 'same-origin' }).then((answer) => {
      if (!answer.ok) throw new Error(`${questionnaire.href}: ${answer.status}`);
      return answer.arrayBuffer();
    }),
  ]);
  await program.default({ module_or_path: '__WASM__' });
  program.start(new Uint8Array(instrument));
  for (const island of document.querySelectorAll('leptos-island')) {
    await program[island.dataset.component]?.(island);
  }
  document.documentElement.dataset.bereit = 'ja';
} else if (merkzettel && read(merkzettel)) {
  void send(merkzettel);
}
