// The page of the map, which works without a script: here it highlights, filters and opens without losing the place.
"use strict";

// Which boxes are above and below each other, by their numbers.
function readLinks(sheet) {
  const up = new Map();
  const down = new Map();
  const add = (map, from, to) => map.set(from, (map.get(from) || new Set()).add(to));
  for (const link of sheet.querySelectorAll("[data-from]")) {
    add(up, link.dataset.from, link.dataset.to);
    add(down, link.dataset.to, link.dataset.from);
  }
  return { up, down, every: [...sheet.querySelectorAll("[data-box], [data-of], [data-from]")] };
}

function reach(starts, edges) {
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
}

function lineOf(sheet, links, element) {
  const { box, work, from, to } = element.dataset;
  if (box !== undefined) {
    return { upper: reach([box], links.up), lower: reach([box], links.down) };
  }
  if (from !== undefined) {
    return { upper: reach([to], links.up), lower: reach([from], links.down) };
  }
  const same = work === undefined ? [element] : [...sheet.querySelectorAll(`[data-work="${work}"]`)];
  return { upper: reach(same.map((row) => row.dataset.of), links.up), lower: new Set(), work };
}

function highlight(sheet, links, element) {
  sheet.classList.toggle("pointing", Boolean(element));
  if (!element) {
    links.every.forEach((each) => each.classList.remove("lit"));
    return;
  }
  const line = lineOf(sheet, links, element);
  const isBox = element.dataset.of === undefined;
  for (const each of links.every) {
    const { box, of, work, from, to } = each.dataset;
    let lit = line.upper.has(box) || line.lower.has(box);
    if (from !== undefined) {
      lit = each === element || (line.upper.has(from) && line.upper.has(to)) || (line.lower.has(from) && line.lower.has(to));
    } else if (of !== undefined) {
      lit = each === element || (isBox ? line.lower.has(of) : work !== undefined && work === line.work);
    }
    each.classList.toggle("lit", lit);
  }
}

function watchSheet(sheet) {
  let links = readLinks(sheet);
  // Another script may put newer data in the place of these.
  new MutationObserver(() => { links = readLinks(sheet); }).observe(sheet, { childList: true, subtree: true });
  const target = (event) => event.target.closest("[data-box], [data-of], [data-from]");
  let focused = null;
  sheet.addEventListener("pointerover", (event) => highlight(sheet, links, target(event) || focused));
  sheet.addEventListener("pointerleave", () => highlight(sheet, links, focused));
  sheet.addEventListener("focusin", (event) => highlight(sheet, links, (focused = target(event))));
  sheet.addEventListener("focusout", () => highlight(sheet, links, (focused = null)));
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      highlight(sheet, links, (focused = null));
    }
  });
}

// The address whose map is shown: a step to another place on the same page fetches nothing.
let shownAddress = location.pathname + location.search;

// Puts the map of another address in the place of this one; what was clicked stays where it is in the window.
async function showInPlace(address, { push, anchor }) {
  const before = anchor && document.getElementById(anchor);
  const top = before ? before.getBoundingClientRect().top : 0;
  const focusId = document.activeElement && document.activeElement.id;
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const area = page.getElementById("map-area");
  if (!answer.ok || !area) {
    location.assign(address);
    return;
  }
  document.getElementById("map-area").replaceWith(area);
  watchArea(area);
  shownAddress = address;
  if (push) {
    history.pushState({ map: true }, "", address);
  }
  const after = document.getElementById(anchor || focusId || "");
  if (after) {
    after.focus({ preventScroll: true });
    if (anchor) {
      scrollBy({ top: after.getBoundingClientRect().top - top, behavior: "instant" });
    }
  }
}

function addressOf(form) {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  return query.size ? `/?${query}` : "/";
}

function watchArea(area) {
  area.querySelectorAll(".map-sheet").forEach(watchSheet);
  area.addEventListener("submit", (event) => {
    event.preventDefault();
    showInPlace(addressOf(event.target), { push: true });
  });
  area.addEventListener("change", (event) => {
    if (event.target.matches("form.filter select")) {
      showInPlace(addressOf(event.target.form), { push: true });
    }
  });
  area.addEventListener("click", (event) => {
    const link = event.target.closest(".fold a, a.toggle, a.everything");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) {
      return;
    }
    event.preventDefault();
    const address = new URL(link.getAttribute("href"), location.href);
    const anchor = link.id || address.hash.slice(1);
    showInPlace(address.pathname + address.search, { push: true, anchor });
  });
}

// "12 minutes old": worked out here, as the page itself is kept; by the hub's clock, which may be ahead of this one.
function showAge() {
  const time = document.querySelector("time[data-age]");
  if (!time) {
    return;
  }
  const now = Date.now() + 1000 * Number(time.dataset.age);
  const minutes = Math.max(0, Math.floor((now - Date.parse(time.dateTime)) / 60000));
  const [count, unit] = minutes < 120 ? [minutes, "minute"] : minutes < 2880 ? [Math.floor(minutes / 60), "hour"] : [Math.floor(minutes / 1440), "day"];
  const age = document.querySelector(".age");
  age.textContent = `, ${count.toLocaleString("en")} ${unit}${count === 1 ? "" : "s"} old`;
}

const mapArea = document.getElementById("map-area");
if (mapArea) {
  watchArea(mapArea);
  addEventListener("popstate", () => {
    const address = location.pathname + location.search;
    if (address !== shownAddress) {
      showInPlace(address, { push: false });
    }
  });
}
showAge();
setInterval(showAge, 60000);
document.addEventListener("hub:updated", showAge);
