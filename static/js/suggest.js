// Suggestions while typing: <input list="companies" data-suggest="/url"> fills its datalist from /url?q=…
const PAUSE_MS = 200;

for (const input of document.querySelectorAll("input[data-suggest]")) {
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(input), PAUSE_MS);
  });
}

async function suggest(input) {
  const typed = input.value.trim();
  if (typed.length < 2) return;
  try {
    const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`, { credentials: "same-origin" });
    const names = answer.ok ? await answer.json() : [];
    if (input.value.trim() === typed) {
      input.list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
    }
  } catch { /* without suggestions the name is simply typed */ }
}
