// Comparing a file with the notices issued under a code: the digest is worked out here, nothing is sent.
//   <section data-verify data-same data-other data-reading data-failed> … <input type="file"> … <code data-sha256 data-edition>
const panel = document.querySelector("[data-verify]");

async function digest(file) {
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(kind, words, hash = "") {
  const box = panel.querySelector(`template[data-verdict-${kind}]`).content.cloneNode(true);
  box.querySelector("h2").textContent = words;
  box.querySelector(".hash").textContent = hash;
  panel.querySelector("[data-verdict]").replaceChildren(box);
}

async function compare(file) {
  if (!file) return;
  panel.querySelector("[data-verdict]").textContent = panel.dataset.reading;
  try {
    const hash = await digest(file);
    const ours = document.querySelector(`[data-sha256="${hash}"]`);
    if (ours) show("same", panel.dataset.same.replace("{edition}", ours.dataset.edition), hash);
    else show("other", panel.dataset.other, hash);
  } catch {
    panel.querySelector("[data-verdict]").textContent = panel.dataset.failed;
  }
}

// Browsers offer the digest on secure addresses only; elsewhere the way by hand stays open.
if (panel && globalThis.crypto?.subtle) {
  const drop = panel.querySelector("[data-drop-verify]");
  const input = drop.querySelector("input");
  drop.hidden = false;
  panel.querySelector("[data-by-hand]").open = false;
  input.addEventListener("change", () => compare(input.files[0]));
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("is-over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    compare(event.dataTransfer.files[0]);
  });
}
