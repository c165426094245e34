// Heng: what makes pages smoother. Everything works without it. Words come from data attributes on <body>.
import { startClocks } from "./clocks.js";
import { startForms, countCharacters, forgetSent, restoreText } from "./forms.js";
import { startTheme } from "./theme.js";

/** Prepare controls that only scripts can serve; run again on what a swap brought. */
export function prepare(root) {
  root.querySelectorAll("[data-copy], [data-keys-open], [data-js]").forEach((control) => { control.hidden = false; });
  if (matchMedia("(min-width: 60rem)").matches) root.querySelectorAll("details[data-wide]").forEach((part) => { part.open = true; });
  root.querySelectorAll("textarea[data-count]").forEach(countCharacters);
  root.querySelectorAll("textarea[data-keep]").forEach(restoreText);
  if (root === document && root.querySelector("[data-viewer]")) import("./viewer.js").then(({ startViewer }) => startViewer());
  const drops = root.querySelectorAll("form[data-upload] [data-drop]");
  if (drops.length) import("./uploads.js").then(({ startUpload }) => drops.forEach(startUpload));
}

startTheme();
startClocks();
startForms();
forgetSent();
prepare(document);
document.getElementById("errors")?.focus();
