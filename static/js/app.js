// Heng: what makes pages smoother. Everything works without it.
for (const part of document.querySelectorAll("[data-copy], [data-theme-switch]")) part.hidden = false;
