// An act that a key opens is ready to be filled in: its first field takes the focus.
"use strict";
document.addEventListener("toggle", (event) => {
  const act = event.target;
  if (!act.open || !act.matches("details.act")) return;
  act.querySelector("select, textarea, input:not([type=hidden])")?.focus();
}, true);
