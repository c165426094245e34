// Passkeys: a form with data-passkey asks the browser to make or use one, and sends its answer as a field.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (ch) => ch.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The options as the browser wants them: bytes where JSON has text. */
function asked(options) {
  const known = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));
  return {
    ...options,
    challenge: toBytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: toBytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
  };
}

/** The answer as JSON: text where the browser has bytes. */
function answer(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = toText(credential.response[part]);
  }
  return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
}

async function ask(form) {
  const publicKey = asked(JSON.parse(form.dataset.options));
  const container = navigator.credentials;
  return form.dataset.passkey === "make" ? container.create({ publicKey }) : container.get({ publicKey });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) { form.remove(); continue; }
  form.addEventListener("submit", async (event) => {
    const field = form.elements[form.dataset.field];
    if (field.value) return;
    event.preventDefault();
    const told = form.querySelector("[data-passkey-error]");
    told.hidden = true;
    try {
      field.value = answer(await ask(form));
      form.submit();
    } catch {
      told.textContent = form.dataset.failed;
      told.hidden = false;
    }
  });
}
