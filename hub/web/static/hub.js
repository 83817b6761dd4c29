// A little script of our own: every page works without it.
"use strict";

// Adds a copy button to a block of text that is meant to be pasted.
function offerCopy(block) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.dataset.byScript = "";
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

function offerCopies() {
  const blocks = [...document.querySelectorAll("pre.paste")];
  blocks.filter((block) => !block.previousElementSibling?.matches("button.copy")).forEach(offerCopy);
}

if (navigator.clipboard) {
  offerCopies();
  // `live.js` says when it has replaced a part of the page.
  document.addEventListener("hub:updated", offerCopies);
}
