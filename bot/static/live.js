// What the pages do on top of plain forms: live regions, keys, the reader's zone, leaving at once.
// Everything works without this file; it holds no text of its own.

const HIDDEN_EVERY_MS = 20_000;
const RETRY_MS = 5_000;

function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.cookie.split("; ").includes(`zone=${zone}`)) return false;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  return true;
}

function leaveAtOnce() {
  for (const link of document.querySelectorAll("[data-leave]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.documentElement.hidden = true;
      location.replace(link.href); // not in the history: Back does not return here
    });
  }
}

function sendWithKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest?.("textarea")?.form;
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  // A page that comes back from the history may be sent again.
  addEventListener("pageshow", () => {
    for (const form of document.forms) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  });
}

// A text to copy goes to the clipboard whole; where there is none (no https), it is marked, ready to be copied.
function copyTexts() {
  document.documentElement.classList.add("scripted");
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const text = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.innerText);
      button.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(text);
    }
  });
}

// Put the new children in place of the old ones, keeping every node that did not change, so that
// focus stays, an open <details> stays open, and a screen reader hears only what is new.
function merge(region, fresh) {
  const old = new Map([...region.children].map((node) => [node.id, node]));
  const focused = document.activeElement;
  const focusKey = region.contains(focused) ? focused.id || focused.name : "";
  let place = region.firstElementChild;
  for (const node of [...fresh.children]) {
    const known = node.id && old.get(node.id);
    if (known) old.delete(node.id);
    if (known?.getAttribute("role") === "status") {
      // A status speaks when its text changes, not when it is put in.
      if (known.textContent !== node.textContent) known.textContent = node.textContent;
      if (known === place) place = place.nextElementSibling;
      continue;
    }
    if (known && known.dataset.print === node.dataset.print) {
      if (known === place) place = place.nextElementSibling;
      else region.insertBefore(known, place);
      continue;
    }
    if (known) {
      if (known === place) place = place.nextElementSibling;
      known.remove();
    }
    region.insertBefore(document.importNode(node, true), place);
  }
  for (const gone of old.values()) gone.remove();
  if (focusKey && !region.contains(document.activeElement)) {
    const again = document.getElementById(focusKey) || region.querySelector(`[name="${CSS.escape(focusKey)}"]`);
    again?.focus({ preventScroll: true });
  }
}

// All regions of a page that watch the same thing share one stream and one fragment.
class LivePage {
  constructor(address, regions) {
    this.address = address;
    this.regions = regions;
    this.main = regions.find((region) => region.dataset.fragment);
    this.loading = false;
    this.again = false;
    document.addEventListener("visibilitychange", () => this.listen());
    addEventListener("pagehide", () => this.stop());
    addEventListener("pageshow", (event) => event.persisted && this.load().then(() => this.listen()));
    const every = Number(this.main.dataset.every || 0) * 1000;
    if (every) setInterval(() => document.hidden || this.load(), every);
    this.listen();
  }

  // A browser opens few connections to one host: a hidden tab gives its own back and asks now and then.
  listen() {
    this.stop();
    if (document.hidden) {
      this.timer = setInterval(() => this.load(), HIDDEN_EVERY_MS);
      return;
    }
    this.source = new EventSource(this.address);
    this.source.onmessage = (event) => event.data !== this.main.dataset.seen && this.load();
    this.source.onopen = () => {
      if (this.lost) this.load(); // something may have happened in between
      this.lost = false;
    };
    this.source.onerror = () => {
      this.lost = true;
      if (this.source?.readyState !== EventSource.CLOSED) return;
      this.stop();
      this.timer = setTimeout(() => this.load().then(() => this.gone || this.listen()), RETRY_MS);
    };
  }

  stop() {
    this.source?.close();
    this.source = null;
    clearInterval(this.timer);
    clearTimeout(this.timer);
  }

  async load() {
    if (this.loading) {
      this.again = true;
      return;
    }
    this.loading = true;
    try {
      const answer = await fetch(this.main.dataset.fragment, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) this.show(await answer.text());
      else if (answer.status < 500) {
        this.gone = true; // signed out, or no longer ours: what is shown stays until a reload
        this.stop();
      }
    } catch {
      // The network is away: the next event or the next timer tries again.
    } finally {
      this.loading = false;
      if (this.again) {
        this.again = false;
        this.load();
      }
    }
  }

  show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const atEnd = innerHeight + scrollY >= document.body.scrollHeight - 160;
    const typing = document.activeElement?.matches("textarea, input, select");
    for (const region of this.regions) {
      const fresh = page.querySelector(`[data-part="${region.dataset.part}"]`);
      if (!fresh) continue;
      merge(region, fresh);
      if (region === this.main) region.dataset.seen = fresh.dataset.seen;
    }
    if (atEnd && !typing && this.main.dataset.follow) {
      this.main.lastElementChild?.scrollIntoView({ block: "nearest" });
    }
  }
}

function live(stale) {
  const groups = new Map();
  for (const region of document.querySelectorAll("[data-live]")) {
    const address = region.dataset.live;
    groups.set(address, [...(groups.get(address) || []), region]);
  }
  for (const [address, regions] of groups) {
    const page = new LivePage(address, regions);
    if (stale) page.load(); // drawn before the reader's zone was known
  }
}

leaveAtOnce();
sendWithKeys();
sendOnce();
copyTexts();
live(rememberZone());
