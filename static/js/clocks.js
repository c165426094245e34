// Keeps the words of clock chips true, once a minute. They are not live regions: nothing is spoken.
const MINUTE = 60_000;
const words = document.body.dataset;
// The server's time counts: a device's clock may be wrong.
const ahead = words.now ? Date.parse(words.now) - Date.now() : 0;
const serverNow = () => Date.now() + ahead;

/** Return the words for a clock that ends at `due` (ms): days and hours from 24 hours on, below that h:mm. */
export function clockWords(due, now = serverNow()) {
  const minutes = Math.floor(Math.abs(due - now) / MINUTE);
  const hours = Math.floor(minutes / 60);
  const time = hours >= 24
    ? words.clockDays.replace("{d}", Math.floor(hours / 24)).replace("{h}", hours % 24)
    : `${hours}:${String(minutes % 60).padStart(2, "0")}`;
  return (due < now ? words.clockOver : words.clockLeft).replace("{time}", time);
}

function refresh() {
  for (const text of document.querySelectorAll("[data-due]")) {
    const due = Date.parse(text.dataset.due);
    text.textContent = clockWords(due);
    if (text.nextElementSibling) text.nextElementSibling.textContent = text.textContent;
    if (due < serverNow()) showOver(text.closest(".clock"));
  }
}

function showOver(chip) {
  chip.classList.remove("clock--ok", "clock--soon", "clock--urgent");
  chip.classList.add("clock--over");
  const use = chip.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#i-over"));
}

export function startClocks() {
  if (document.querySelector("[data-due]") || document.getElementById("work")) setInterval(refresh, MINUTE);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
}
