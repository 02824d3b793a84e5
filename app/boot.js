// Starts the islands of a page. Pages without the questionnaire's form load
// nothing further; pages with it work without this script too.
// The build puts the hashed names in place of __JS__ and __WASM__.
const questionnaire = document.getElementById('fragebogen');
if (questionnaire) {
  const [program, instrument] = await Promise.all([
    import('__JS__'),
    fetch(questionnaire.href, { credentials: 'same-origin' }).then((answer) => {
      if (!answer.ok) throw new Error(`${questionnaire.href}: ${answer.status}`);
      return answer.text();
    }),
  ]);
  await program.default({ module_or_path: '__WASM__' });
  program.start(instrument);
  for (const island of document.querySelectorAll('leptos-island')) {
    await program[island.dataset.component]?.(island);
  }
  document.documentElement.dataset.bereit = 'ja';
}
