// A little script of our own: every page works without it.
"use strict";

// The map: pointing at a box, a link or a line of work, or going to one by keyboard, lights up its whole line.
function lightUp(maps) {
  const every = [...maps.querySelectorAll("[data-box], [data-of], [data-from]")];
  const up = new Map();
  const down = new Map();
  const add = (map, from, to) => map.set(from, (map.get(from) || new Set()).add(to));
  for (const link of maps.querySelectorAll("[data-from]")) {
    add(up, link.dataset.from, link.dataset.to);
    add(down, link.dataset.to, link.dataset.from);
  }
  const reach = (starts, edges) => {
    const seen = new Set(starts);
    const todo = [...starts];
    while (todo.length) {
      for (const next of edges.get(todo.pop()) || []) {
        if (!seen.has(next)) {
          seen.add(next);
          todo.push(next);
        }
      }
    }
    return seen;
  };
  const lineOf = (element) => {
    const { box, work, from, to } = element.dataset;
    if (box !== undefined) {
      return { upper: reach([box], up), lower: reach([box], down) };
    }
    if (from !== undefined) {
      return { upper: reach([to], up), lower: reach([from], down) };
    }
    const same = work === undefined ? [element] : [...maps.querySelectorAll(`[data-work="${work}"]`)];
    return { upper: reach(same.map((row) => row.dataset.of), up), lower: new Set(), work };
  };
  const show = (element) => {
    maps.classList.toggle("pointing", Boolean(element));
    if (!element) {
      every.forEach((each) => each.classList.remove("lit"));
      return;
    }
    const line = lineOf(element);
    const has = (key) => line.upper.has(key) || line.lower.has(key);
    const isBox = element.dataset.of === undefined;
    for (const each of every) {
      const { box, of, work, from, to } = each.dataset;
      let lit = has(box);
      if (from !== undefined) {
        lit = each === element || (line.upper.has(from) && line.upper.has(to)) || (line.lower.has(from) && line.lower.has(to));
      } else if (of !== undefined) {
        lit = each === element || (isBox ? line.lower.has(of) : work !== undefined && work === line.work);
      }
      each.classList.toggle("lit", lit);
    }
  };
  const target = (event) => event.target.closest("[data-box], [data-of], [data-from]");
  let focused = null;
  maps.addEventListener("pointerover", (event) => show(target(event) || focused));
  maps.addEventListener("pointerleave", () => show(focused));
  maps.addEventListener("focusin", (event) => show((focused = target(event))));
  maps.addEventListener("focusout", () => show((focused = null)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      show((focused = null));
    }
  });
}

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

document.querySelectorAll(".maps").forEach(lightUp);
// On a phone the wide map is the second choice: the table with the same content is open.
if (matchMedia("(max-width: 48rem)").matches) {
  document.querySelectorAll("details.as-table").forEach((details) => { details.open = true; });
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
