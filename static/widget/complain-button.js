// For shops: makes a link of each <a data-heng-order="key.facts.signature">. Without this script the shop writes the
// address itself. Sets no cookie, sends nothing, reads nothing of the page but these links and its language.
(() => {
  const ours = new URL(document.currentScript.src).origin;
  const words = { "zh-hant": "投訴這筆訂單", "zh-hans": "投诉这笔订单", en: "Complain about this order" };
  const spoken = (document.documentElement.lang || "").toLowerCase();
  const tongue = /^zh-(hant|tw|hk|mo)/.test(spoken) ? "zh-hant" : spoken.startsWith("zh") ? "zh-hans" : "en";
  const make = () => {
    for (const link of document.querySelectorAll("a[data-heng-order]")) {
      link.href = `${ours}/${tongue}/from-shop?order=${encodeURIComponent(link.dataset.hengOrder)}`;
      link.rel = "noopener noreferrer";
      if (!link.textContent.trim()) link.textContent = words[tongue];
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", make);
  else make();
})();
