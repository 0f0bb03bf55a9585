// Small comforts on pages that work without them: menus that close, short cuts, copy buttons, focus on errors.
"use strict";
(() => {
  const OFF = "csw-shortcuts-off";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (node) => node.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");

  const stored = () => {
    try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
  };
  const store = (off) => {
    try { localStorage.setItem(OFF, off ? "1" : "0"); } catch { /* private windows keep nothing */ }
  };

  // Menus made of <details>: one open at a time, closed by Escape or a click elsewhere.
  const closeMenus = (except) => all("details[data-menu][open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));

  // Rows that can be walked: <table data-rows>, each <tr> with a link marked data-open.
  const rows = () => all("[data-rows] tbody tr").filter((row) => row.querySelector("[data-open], a"));
  const current = () => rows().find((row) => row.getAttribute("aria-current") === "true");
  const select = (row) => {
    rows().forEach((other) => other.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
    row.querySelector("[data-open], a").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(current());
    select(list[Math.min(Math.max(at + step, 0), list.length - 1)]);
  };

  // The help that `?` opens lists what this page declares: data-key, data-row-key with their labels.
  const help = document.getElementById("shortcuts");
  const fillHelp = () => {
    const list = help.querySelector("[data-shortcut-list]");
    all("[data-needs]", list).forEach((line) => { line.hidden = !document.querySelector(line.dataset.needs); });
    all("[data-added]", list).forEach((line) => line.remove());
    const seen = new Set();
    all("[data-key], [data-row-key]").forEach((node) => {
      const key = node.dataset.key || node.dataset.rowKey;
      if (seen.has(key)) return;
      seen.add(key);
      const line = document.createElement("div");
      line.dataset.added = "";
      const term = document.createElement("dt");
      const cap = document.createElement("kbd");
      const text = document.createElement("dd");
      cap.textContent = key;
      text.textContent = node.dataset.keyLabel || node.textContent.trim();
      term.append(cap);
      line.append(term, text);
      list.append(line);
    });
    help.querySelector("[data-shortcuts-off]").checked = stored();
  };

  const acts = {
    "?": () => { if (help?.showModal) { fillHelp(); help.showModal(); } },
    "/": () => document.querySelector("[data-search-field]")?.focus(),
    j: () => move(1),
    k: () => move(-1),
  };

  const press = (key) => {
    const row = current();
    const inRow = row?.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
    const onPage = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    (inRow || onPage)?.click();
    return Boolean(inRow || onPage);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = document.activeElement?.closest("details[data-menu][open]");
      closeMenus();
      open?.querySelector("summary").focus();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help?.open) return;
    if (event.key.length !== 1 || typing(event.target) || (stored() && event.key !== "?")) return;
    if (acts[event.key]) {
      acts[event.key]();
      event.preventDefault();
    } else if (press(event.key)) {
      event.preventDefault();
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-shortcuts-off]")) store(event.target.checked);
  });

  // Copy buttons show only where copying works.
  const revealCopy = (root) => {
    if (navigator.clipboard) all("[data-copy]", root).forEach((node) => { node.hidden = false; });
  };
  document.addEventListener("click", async (event) => {
    const node = event.target.closest("[data-copy]");
    if (!node) return;
    await navigator.clipboard.writeText(node.dataset.copy);
    node.querySelector(".visually-hidden").textContent = node.dataset.copied;
    node.classList.add("copy--done");
  });

  // The error summary takes the focus, and its links go to the field itself.
  document.querySelector("[data-focus]")?.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    const target = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    target.focus();
    (target.closest(".field") || target).scrollIntoView({ block: "center" });
  });

  revealCopy(document);
  document.addEventListener("htmx:load", (event) => revealCopy(event.target));
})();
