// After htmx changed a part of the page: focus its heading, so that a screen reader says where it is.
import { announce, release } from "./forms.js";

/** In a narrow window the work pane is not shown: rows open pages. So do clicks with a modifier key. */
function leaveToBrowser(event) {
  const link = event.target.closest("a[data-hx-get]");
  if (!link) return;
  const pane = document.querySelector(link.dataset.hxTarget);
  const hidden = !pane || pane.offsetParent === null;
  if (hidden || event.ctrlKey || event.metaKey || event.shiftKey) event.stopPropagation();
}

/** An error page does not belong into a pane: open the address, where it stands alone. */
function refuseErrors(event) {
  const { ctx } = event.detail;
  const status = ctx.response?.status ?? 200;
  if (status < 400 || status === 409 || status === 422) return;
  const link = event.target.closest?.("a[href]");
  if (link) { event.preventDefault(); location.assign(link.href); }
}

function markRow(source) {
  const row = source?.closest?.("[data-row]");
  if (!row) return;
  for (const open of document.querySelectorAll("[data-row].is-open")) {
    open.classList.remove("is-open");
    open.querySelector("[aria-current]")?.removeAttribute("aria-current");
  }
  row.classList.add("is-open");
  row.querySelector("a").setAttribute("aria-current", "true");
}

function settle(event, prepare) {
  const { ctx } = event.detail;
  const target = typeof ctx.target === "string" ? document.querySelector(ctx.target) : ctx.target;
  markRow(ctx.sourceElement);
  release(document);
  if (!target?.isConnected) return;
  prepare(target);
  const errors = target.querySelector(".errors");
  const heading = errors ?? target.querySelector("[data-heading], .case-h, h1, h2");
  const spoken = target.querySelector("[data-announce]");
  if (spoken) announce(spoken.dataset.announce);
  if (!heading) return;
  heading.tabIndex = -1;
  target.scrollTop = 0;
  heading.focus({ preventScroll: false });
}

export function startSwaps(prepare) {
  document.addEventListener("click", leaveToBrowser, true);
  document.addEventListener("htmx:before:swap", refuseErrors);
  document.addEventListener("htmx:after:swap", (event) => settle(event, prepare));
  document.addEventListener("htmx:error", () => { release(document); announce(document.body.dataset.notSaved); });
}
