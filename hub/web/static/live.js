// Keeps an open page up to date: asks whether there is something new, and replaces only what differs, so that the place,
// the focus, what is unfolded and what is being typed stay. Every page works without it.

const IDLE_MS = 5000;
const RUNNING_MS = 1000;
const MAX_MS = 60000;
// So many failures in a row are told.
const FAILURES = 2;

// Whether a person has changed a control and not sent it yet.
function isChanged(control) {
  if (control.matches("select")) {
    const first = [...control.options].findIndex((option) => option.defaultSelected);
    return !control.multiple && control.selectedIndex !== Math.max(0, first);
  }
  return control.checked !== control.defaultChecked || control.value !== control.defaultValue;
}

function isFormChanged(form) {
  return [...form.querySelectorAll("input:not([type=hidden]), select, textarea")].some(isChanged);
}

// Whether a person is typing or choosing something in the part of the page that would be replaced.
function isBusy(part) {
  const control = document.activeElement;
  return part.contains(control) && (control.matches("select") || (control.matches("input, textarea") && isChanged(control)));
}

// Parts marked with data-keep, and nodes marked with data-by-script, belong to a script; the reader unfolds and folds.
const KEEP = {
  beforeNodeMorphed: (node) => {
    if (!(node instanceof Element)) {
      return true;
    }
    return !("keep" in (node.dataset || {})) && !(node.matches("form") && isFormChanged(node));
  },
  beforeNodeRemoved: (node) => !(node instanceof Element && "byScript" in (node.dataset || {})),
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details, dialog")),
};

// Rows are told apart by what they link to: a row that comes or goes moves none of the reader's to another line.
function nameRows(root) {
  const used = new Set();
  for (const row of root.querySelectorAll("tr:not([id]), li:not([id])")) {
    const address = row.querySelector("a[href]")?.getAttribute("href");
    if (address && !used.has(address)) {
      used.add(address);
      row.id = `row:${address}`;
    }
  }
}

function replace(old, fresh) {
  const focused = document.activeElement;
  nameRows(old);
  nameRows(fresh);
  Idiomorph.morph(old, fresh, { morphStyle: "outerHTML", callbacks: KEEP });
  if (document.activeElement !== focused && focused.isConnected) {
    focused.focus({ preventScroll: true });
  }
}

class NoAnswer extends Error {}

class LivePage {
  constructor(version, notice) {
    this.version = version;
    this.notice = notice;
    this.failures = 0;
    this.timer = null;
    this.isAsking = false;
    document.addEventListener("visibilitychange", () => this.ask());
    addEventListener("pageshow", (event) => event.persisted && this.ask());
    this.wait(this.runState?.dataset.running ? RUNNING_MS : IDLE_MS);
  }

  get runState() {
    return document.getElementById("run-state");
  }

  wait(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), milliseconds);
  }

  // A hidden page asks nothing; it asks as soon as it is looked at again.
  async ask() {
    if (document.hidden || this.isAsking || this.hasEnded) {
      return;
    }
    this.isAsking = true;
    try {
      const live = JSON.parse(await this.read("/live"));
      if (this.runState && this.runState.dataset.activity !== live.activity) {
        await this.refreshRunState();
      }
      if (live.version !== this.version) {
        await this.refreshPage();
      }
      if (this.failures >= FAILURES) {
        this.say("");
      }
      this.failures = 0;
      this.wait(live.running && this.runState ? RUNNING_MS : IDLE_MS);
    } catch (error) {
      this.onError(error);
    } finally {
      this.isAsking = false;
    }
  }

  // No answer is told after a while; a fault of this script is one for the console, and is not tried again and again.
  onError(error) {
    if (this.hasEnded) {
      return;
    }
    if (!(error instanceof NoAnswer)) {
      this.hasEnded = true;
      this.say("There may be new data.", "Reload");
      throw error;
    }
    this.failures += 1;
    if (this.failures === FAILURES) {
      this.say("The hub doesn't answer. This page shows what was known before.");
    }
    this.wait(Math.min(MAX_MS, IDLE_MS * 2 ** Math.min(this.failures, 10)));
  }

  // A sign-in page in place of an answer means that the session is over: say so, and ask no more.
  async read(address) {
    const options = { cache: "no-cache", redirect: "manual", credentials: "same-origin" };
    const answer = await fetch(address, options).catch(() => null);
    if (answer?.type === "opaqueredirect" || answer?.status === 401 || answer?.status === 403) {
      this.hasEnded = true;
      const isSignedIn = answer.status === 403;
      this.say(isSignedIn ? "You don't have access any more." : "Your session has ended.", isSignedIn ? "Reload" : "Sign in again");
    }
    const text = this.hasEnded || !answer || answer.status >= 500 ? null : await answer.text().catch(() => null);
    if (text === null) {
      throw new NoAnswer(address);
    }
    return text;
  }

  async refreshRunState() {
    const part = new DOMParser().parseFromString(await this.read("/live/run"), "text/html");
    const found = part.getElementById("run-state");
    if (found && this.runState) {
      replace(this.runState, found);
    }
  }

  async refreshPage() {
    const shown = document.getElementById("content");
    if (isBusy(shown)) {
      this.say("There is new data.", "Reload");
      return;
    }
    const text = await this.read(location.pathname + location.search);
    const page = new DOMParser().parseFromString(text, "text/html");
    const version = page.querySelector("meta[name='hub-version']");
    const content = page.getElementById("content");
    if (!version || !content || isBusy(shown)) {
      return;
    }
    replace(shown, content);
    document.title = page.title;
    this.version = version.content;
    this.say(`Updated at ${new Date().toISOString().slice(11, 16)} UTC`);
    document.dispatchEvent(new CustomEvent("hub:updated"));
  }

  // A link leads to the same page by plain navigation.
  say(words, link = "") {
    this.notice.textContent = words;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = location.href;
      anchor.textContent = link;
      this.notice.append(" ", anchor);
    }
  }
}

const hubVersion = document.querySelector("meta[name='hub-version']");
const hubNotice = document.getElementById("live");
if (hubVersion && hubNotice && window.Idiomorph) {
  new LivePage(hubVersion.content, hubNotice);
}
