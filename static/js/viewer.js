// An exhibit on a page of its own: the arrow keys lead to the one before and after.
export function startViewer() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, audio, video, [contenteditable], pre");
    if (typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const where = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (where) document.querySelector(`[data-viewer] a[rel=${where}]`)?.click();
  });
}
