// The search box from the keyboard: "/" goes to it, Escape leaves it. Without this script it is a form like any other.
"use strict";

const box = document.getElementById("search");
if (box) {
  let before = null;
  const isTyping = (element) => element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
      return;
    }
    event.preventDefault();
    before = document.activeElement;
    box.focus();
    box.select();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      return;
    }
    event.stopPropagation();
    box.blur();
    if (before && before !== document.body && before.isConnected) {
      before.focus();
    }
    before = null;
  });
}
