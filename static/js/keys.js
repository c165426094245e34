// Keyboard shortcuts of the desk. Ignored while typing or composing in an IME; can be switched off.
const OFF = "heng-keys-off";
const words = document.body.dataset;
let waitingForGo = false;

const isOff = () => localStorage.getItem(OFF) === "1";
const isTyping = (event) => event.isComposing || event.keyCode === 229
  || event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
const currentRow = () => document.activeElement.closest?.("[data-row]") ?? document.querySelector("[data-row].is-open");

function move(step) {
  const all = rows();
  const at = all.indexOf(currentRow());
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  next?.querySelector("a").focus();
}

function press(selector) {
  const target = [...document.querySelectorAll(selector)].find((element) => element.offsetParent !== null);
  target?.click();
}

function search() {
  const box = document.querySelector(".search input");
  box?.focus();
  box?.select();
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => currentRow()?.querySelector("input[type=checkbox]")?.click(),
  r: () => press("[data-key=r]"),
  o: () => press("[data-key=o]"),
  a: () => press("[data-key=a]"),
  "/": search,
  "?": () => document.getElementById("keys")?.showModal(),
};
const PLACES = { q: ".mainnav a[href*='/desk']", c: ".mainnav a[href*='/committee']" };

function act(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (waitingForGo) {
    waitingForGo = false;
    if (PLACES[event.key]) { event.preventDefault(); press(PLACES[event.key]); }
    return;
  }
  if (event.key === "g") { waitingForGo = true; setTimeout(() => { waitingForGo = false; }, 1_500); return; }
  if (!Object.hasOwn(ACTIONS, event.key)) return;
  event.preventDefault();
  ACTIONS[event.key]();
}

/** Ctrl+Enter in a text area sends its form. */
function send(event) {
  if (!event.target.matches("textarea") || event.isComposing) return;
  const form = event.target.form;
  if (form?.method === "post") { event.preventDefault(); form.requestSubmit(form.querySelector("button:not([type=button], [formnovalidate])")); }
}

function switchKeys(button) {
  localStorage.setItem(OFF, isOff() ? "0" : "1");
  const status = button.closest("dialog")?.querySelector("[data-keys-status]");
  if (status) status.textContent = isOff() ? words.keysOff : words.keysOn;
}

export function startKeys() {
  if (!document.querySelector("[data-shortcuts]")) return;
  document.addEventListener("keydown", (event) => { if (!isOff()) act(event); });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-keys-open]")) document.getElementById("keys")?.showModal();
    const button = target.closest("[data-keys-switch]");
    if (button) switchKeys(button);
  });
}
