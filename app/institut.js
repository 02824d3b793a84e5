// Shows a mail's preview as one types. Without this script the button
// „Vorschau“ does the same: the server renders it in either case.
const form = document.querySelector('form[data-vorschau]');
const PAUSE = 400;

if (form) {
  let timer;
  let latest = 0;
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });

  async function show() {
    const turn = ++latest;
    const body = new URLSearchParams(new FormData(form));
    let page;
    try {
      const answer = await fetch(form.dataset.vorschau, { method: 'POST', body });
      if (!answer.ok) return;
      page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    } catch {
      return;
    }
    // Whatever was typed meanwhile has a preview of its own under way.
    if (turn !== latest) return;
    document.getElementById('vorschau')?.replaceWith(page.getElementById('vorschau') ?? '');
    for (const place of page.querySelectorAll('form[data-vorschau] .findings')) {
      document.getElementById(place.id)?.replaceChildren(...place.childNodes);
    }
  }
}
