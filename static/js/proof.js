// Work that keeps floods out: find the number whose SHA-256 with the challenge begins with enough zero bits.
// Done in the background while the page is read; without it the form is sent all the same and waits its turn.
const AT_ONCE = 512;

function zeroBits(hash) {
  const bytes = new Uint8Array(hash);
  let bits = 0;
  for (const byte of bytes) {
    if (byte) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

async function solve(challenge, bits) {
  const encoder = new TextEncoder();
  for (let first = 0; ; first += AT_ONCE) {
    const tries = Array.from({ length: AT_ONCE }, (_, n) => `${challenge}:${first + n}`);
    const hashes = await Promise.all(tries.map((each) => crypto.subtle.digest("SHA-256", encoder.encode(each))));
    const found = hashes.findIndex((hash) => zeroBits(hash) >= bits);
    if (found >= 0) return tries[found];
  }
}

for (const field of document.querySelectorAll("input[data-challenge]")) {
  if (!globalThis.crypto?.subtle) continue;
  const solved = solve(field.dataset.challenge, Number(field.dataset.bits)).then((proof) => { field.value = proof; });
  field.form.addEventListener("submit", (event) => {
    if (field.value) return;
    event.preventDefault();
    solved.then(() => field.form.requestSubmit(event.submitter));
  });
}
