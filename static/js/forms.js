// Forms: no double sending, characters left, drafts saved, unsent text kept, links copied.
const words = document.body.dataset;
const SAVE_AFTER_MS = 2_000;
const SENT = "keep-sent";

/** Say something once to a screen reader. */
export function announce(text) {
  const region = document.getElementById("announce");
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}

/** A second press on the same form is ignored; the button stays in the request, so it is not disabled. */
function guard(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  sessionStorage.setItem(SENT, JSON.stringify([...form.querySelectorAll("textarea[data-keep]")].map(keepKey)));
  const button = event.submitter;
  if (!button || button.dataset.label) return;
  button.dataset.label = button.innerHTML;
  button.textContent = words.sending;
  button.setAttribute("aria-disabled", "true");
}

/** Give the form back: after a swap, or when the page returns from the browser's back cache. */
export function release(root = document) {
  for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of root.querySelectorAll("button[data-label]")) {
    button.innerHTML = button.dataset.label;
    button.removeAttribute("aria-disabled");
    delete button.dataset.label;
  }
}

/** Show how many characters are left; spoken only when there are too many. */
export function countCharacters(area) {
  const line = document.querySelector(`[data-count-for="${area.id}"]`);
  if (!line) return;
  const left = Number(area.dataset.count) - [...area.value].length;
  line.textContent = (left < 0 ? words.tooLong : words.charactersLeft).replace("{n}", Math.abs(left));
  if (left < 0 && !line.classList.contains("is-over")) announce(line.textContent);
  line.classList.toggle("is-over", left < 0);
}

const keepKey = (area) => `keep:${location.pathname}:${area.dataset.keep || area.name}`;

/** Unsent text in a `data-keep` area outlives leaving the page, for this tab only. */
export function restoreText(area) {
  const kept = sessionStorage.getItem(keepKey(area));
  if (area.value) sessionStorage.setItem(keepKey(area), area.value);
  else if (kept) area.value = kept;
}

/** What was sent is forgotten once another page tells so: not the sign-in page, nor the same form shown again. */
export function forgetSent() {
  const sent = JSON.parse(sessionStorage.getItem(SENT) || "[]");
  if (!sent.length || location.pathname.startsWith("/signin")) return;
  const done = document.querySelector(".flash--success");
  const here = [...document.querySelectorAll("textarea[data-keep]")].map(keepKey);
  sent.filter((key) => done || !here.includes(key)).forEach((key) => sessionStorage.removeItem(key));
  sessionStorage.removeItem(SENT);
}

/** `<form data-autosave="/url">` posts its answers (not its files) a moment after the last change. */
const timers = new WeakMap();
function autosave(form) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), SAVE_AFTER_MS));
}

async function save(form) {
  if (form.dataset.sent) return;
  const answers = new FormData(form);
  for (const [name, value] of [...answers]) if (value instanceof File) answers.delete(name);
  const line = form.querySelector("[data-autosave-status]");
  let saved = false;
  try {
    saved = (await fetch(form.dataset.autosave, { method: "POST", body: answers, credentials: "same-origin" })).ok;
  } catch { /* offline: told below, tried again after the next change */ }
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(new Date());
  if (line) line.textContent = saved ? words.saved.replace("{time}", time) : words.notSaved;
}

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  source.select();
  try { await navigator.clipboard.writeText(source.value); } catch { document.execCommand("copy"); }
  const before = button.innerHTML;
  button.textContent = words.copied;
  announce(words.copied);
  setTimeout(() => { button.innerHTML = before; }, 3_000);
}

export function startForms() {
  document.addEventListener("submit", guard);
  addEventListener("pageshow", (event) => { if (event.persisted) release(); });
  document.addEventListener("input", ({ target }) => {
    if (target.matches("textarea[data-count]")) countCharacters(target);
    if (target.matches("textarea[data-keep]")) sessionStorage.setItem(keepKey(target), target.value);
    const form = target.closest("form[data-autosave]");
    if (form) autosave(form);
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-copy]");
    if (button) copy(button);
  });
  document.addEventListener("change", ({ target }) => {
    if (!target.dataset.tickAll) return;
    document.getElementsByName(target.dataset.tickAll).forEach((box) => { box.checked = target.checked; });
  });
  document.addEventListener("focusin", ({ target }) => { if (target.matches("[data-select-all]")) target.select(); });
}
