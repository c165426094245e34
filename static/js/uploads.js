// Uploads, one file at a time: progress, retry of the one that failed, the others stay. Without this script the same
// form sends its files and the server shows the same list; each answer's #file-list replaces the one on the page.
//   <form data-upload="/url" method="post" enctype="multipart/form-data"> … <div data-drop><input type="file" name="files">
// A button marked data-upload-with is added to each request by its name and value.
import { announce } from "./forms.js";

const words = document.body.dataset;
const STALL_MS = 60_000;

function list(form) {
  let files = document.getElementById("file-list");
  if (!files) {
    files = Object.assign(document.createElement("ul"), { id: "file-list", className: "files" });
    files.setAttribute("role", "list");
    form.querySelector("[data-drop]").after(files);
  }
  return files;
}

function row(file) {
  const item = Object.assign(document.createElement("li"), { className: "file" });
  item.dataset.pending = "1";
  const picture = Object.assign(document.createElement("span"), { className: "shot" });
  if (file.type.startsWith("image/")) {
    const image = Object.assign(new Image(), { alt: "", src: URL.createObjectURL(file) });
    image.addEventListener("load", () => URL.revokeObjectURL(image.src));
    picture.append(image);
  }
  const name = Object.assign(document.createElement("span"), { className: "file__name", textContent: file.name });
  const meta = Object.assign(document.createElement("span"), { className: "file__meta", textContent: words.uploading });
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", `${words.uploading} ${file.name}`);
  meta.append(bar);
  item.append(picture, name, meta);
  return item;
}

function body(form, input, file) {
  const data = new FormData(form);
  data.delete(input.name);
  data.append(input.name, file, file.name);
  const button = form.querySelector("[data-upload-with]");
  if (button) data.set(button.name, button.value);
  return data;
}

/** Send one file; resolves to the answered document, rejects with words for the reader. */
function send(form, input, file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.upload || form.action);
    request.responseType = "document";
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    // A network that was lost says nothing: what has not moved for this long has failed, and can be tried again.
    let stalled = setTimeout(() => request.abort(), STALL_MS);
    request.upload.addEventListener("progress", () => { clearTimeout(stalled); stalled = setTimeout(() => request.abort(), STALL_MS); });
    for (const end of ["error", "timeout", "abort"]) request.addEventListener(end, () => reject(words.uploadFailed));
    request.addEventListener("loadend", () => clearTimeout(stalled));
    request.addEventListener("load", () => {
      const told = request.response?.querySelector(".error, .file--failed .file__meta")?.textContent.trim();
      if (request.status < 400) resolve(request.response);
      else reject(told || words.uploadFailed);
    });
    request.send(body(form, input, file));
  });
}

/** Show what the server has to say about the file, that it was there before, say. */
function showTold(answer) {
  const told = answer?.querySelectorAll("#flashes .flash--warning") ?? [];
  document.getElementById("flashes")?.append(...told);
}

function replaceList(form, answer, done) {
  const fresh = answer?.getElementById("file-list");
  done.remove();
  showTold(answer);
  const asked = form.closest("li[id^=item-]"); // what was asked for is handed in now
  const standing = asked && answer?.getElementById(asked.id)?.querySelector("p");
  if (standing) asked.querySelector("p").replaceWith(standing);
  if (!fresh) return;
  const files = list(form);
  // What waits stays where it is: a button that is moved while it is pressed is never clicked.
  for (const item of [...files.children]) if (!item.matches("[data-pending]")) item.remove();
  files.prepend(...fresh.children);
}

function showFailure(item, message, again) {
  item.classList.add("file--failed");
  item.querySelector(".file__meta").textContent = message;
  item.querySelector(".file__act")?.remove();
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--quiet btn--sm file__act", textContent: words.retry });
  button.dataset.again = "1";
  button.addEventListener("click", () => { item.replaceWith(again()); });
  item.append(button);
  announce(message);
}

/** Turn one drop area into a queue of uploads. */
export function startUpload(drop) {
  const form = drop.closest("form");
  const input = drop.querySelector("input[type=file]");
  if (!input || drop.dataset.ready) return;
  drop.dataset.ready = "1";
  const button = form.querySelector("[data-upload-with]");
  if (button) button.hidden = true; // files go up as they are chosen
  let queue = Promise.resolve();
  let open = 0;
  let submitter = null;

  function add(file) {
    const item = row(file);
    open += 1;
    queue = queue.then(() => send(form, input, file, (part) => { const bar = item.querySelector("progress"); if (bar) bar.value = part; }))
      .then((answer) => replaceList(form, answer, item), (message) => showFailure(item, message, () => add(file)))
      .finally(() => { open -= 1; if (!open && submitter) form.requestSubmit(submitter); });
    return item;
  }

  function addAll(files) {
    list(form).append(...[...files].map(add));
    input.value = "";
  }

  // The network is back: what failed goes up again by itself.
  window.addEventListener("online", () => document.querySelectorAll(".file--failed [data-again]").forEach((button) => button.click()));
  input.addEventListener("change", () => addAll(input.files));
  if (input.files.length) addAll(input.files); // chosen before this script was there
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("is-over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    addAll(event.dataTransfer.files);
  });
  // Going on while files are on their way waits for them, then goes on by itself.
  form.addEventListener("submit", (event) => {
    if (!open) return;
    event.preventDefault();
    submitter = event.submitter;
    announce(words.uploading);
  });
}
