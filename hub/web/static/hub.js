// A little script of our own: every page works without it.
"use strict";

// Adds a copy button to a block of text that is meant to be pasted.
function offerCopy(block) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(block);
      button.textContent = "Selected: press Ctrl+C";
    }
  });
  block.before(button);
}

if (navigator.clipboard) {
  document.querySelectorAll("pre.paste").forEach(offerCopy);
}
