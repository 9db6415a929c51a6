// What a page cannot do without a script: clocks that run, and keeping what is being typed. Every page works without it.
"use strict";
(() => {
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector) => document.querySelector(selector);

  // The node's clock, not this PC's: what a page was made at, and how long it has been open since.
  const nodeAtLoad = Number(document.body.dataset.now || 0);
  let ahead = nodeAtLoad ? nodeAtLoad - Date.now() : 0;
  const now = () => Date.now() + ahead;

  const two = (n) => String(n).padStart(2, "0");
  const length = (ms) => {
    const s = Math.floor(ms / 1000);
    const parts = [[Math.floor(s / 86400), "天"], [Math.floor(s / 3600) % 24, "小时"], [Math.floor(s / 60) % 60, "分"], [s % 60, "秒"]];
    let first = parts.findIndex(([count]) => count > 0);
    if (first < 0) first = 3;
    return parts.slice(first, first + 2).map(([count, unit]) => count + " " + unit).join(" ");
  };
  const tick = () => {
    const at = new Date(now() + 8 * 3600000);
    all("[data-clock]").forEach((clock) => {
      clock.textContent = at.getUTCFullYear() + "年" + two(at.getUTCMonth() + 1) + "月" + two(at.getUTCDate()) + "日 " + two(at.getUTCHours()) + ":" + two(at.getUTCMinutes()) + ":" + two(at.getUTCSeconds());
    });
    all("[data-due]").forEach((due) => {
      const left = Number(due.dataset.due) - now();
      due.textContent = (left >= 0 ? "还剩 " : "已超 ") + length(Math.abs(left));
    });
  };
  if (nodeAtLoad) { tick(); setInterval(tick, 1000); }

  // Large type, remembered by this browser.
  const kept = (key) => { try { return localStorage.getItem(key); } catch (e) { return null; } };
  const keep = (key, value) => { try { if (value === null) localStorage.removeItem(key); else localStorage.setItem(key, value); } catch (e) { /* a browser that keeps nothing */ } };
  const large = (on) => { document.documentElement.classList.toggle("large", on); all("[data-large]").forEach((b) => b.setAttribute("aria-pressed", String(on))); };
  large(kept("large") === "1");
  all("[data-large]").forEach((button) => button.addEventListener("click", () => { const on = kept("large") !== "1"; keep("large", on ? "1" : null); large(on); }));

  // Where a table does not fit, its rows are cards: each cell says what it is.
  const labels = () => all("table.list").forEach((table) => {
    const heads = all("thead th", table).map((head) => head.textContent);
    all("tbody tr", table).forEach((row) => Array.from(row.children).forEach((cell, i) => { if (i && heads[i]) cell.dataset.label = heads[i]; }));
  });
  labels();
  const here = one("nav [aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - 80;

  // Parts of a page that follow what happens: the page is read anew, and only what is another is put in its place, so that focus, scroll
  // and what is being typed stay. A form is never touched.
  const lives = all("[data-live]");
  const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
  const renew = (old, fresh) => {
    if (old.nodeType !== 1) { if (old.data !== fresh.data) old.data = fresh.data; return; }
    if (old.nodeName === "FORM" || old.isEqualNode(fresh)) return;
    Array.from(old.attributes).forEach((at) => { if (!fresh.hasAttribute(at.name) && at.name !== "open") old.removeAttribute(at.name); });
    Array.from(fresh.attributes).forEach((at) => { if (old.getAttribute(at.name) !== at.value && at.name !== "open") old.setAttribute(at.name, at.value); });
    const byId = new Map(Array.from(old.children).filter((child) => child.id).map((child) => [child.id, child]));
    let at = old.firstChild;
    Array.from(fresh.childNodes).forEach((child) => {
      const known = child.id ? byId.get(child.id) : at && !at.id && same(at, child) ? at : null;
      if (known && known !== at) old.insertBefore(known, at);
      if (known) { at = known.nextSibling; renew(known, child); } else old.insertBefore(document.importNode(child, true), at);
    });
    while (at) { const next = at.nextSibling; at.remove(); at = next; }
  };
  let looking = false, again = false;
  const look = () => {
    if (!lives.length) return false;
    if (looking) { again = true; return true; }
    looking = true;
    fetch(location.href, { headers: { "dutynet-by-itself": "1" }, redirect: "error" }).then((answer) => (answer.ok ? answer.text() : "")).then((html) => {
      const fresh = new DOMParser().parseFromString(html, "text/html");
      const held = document.activeElement;
      lives.forEach((live) => { const to = fresh.getElementById(live.id); if (to) renew(live, to); });
      labels();
      // What was moved has lost the focus.
      if (held && held.isConnected && held !== document.activeElement) held.focus({ preventScroll: true });
      tick();
    }).catch(() => { /* the next look finds it */ }).finally(() => { looking = false; if (again) { again = false; setTimeout(look, 2000); } });
    return true;
  };
  const every = () => Math.max(0, ...lives.map((live) => Number(live.dataset.live)));
  let looked = now();
  if (lives.length) setInterval(() => { if (every() && now() - looked >= every() * 1000 && !document.hidden) { looked = now(); look(); } }, 1000);

  // What the node says of itself; what rings is in ring.js.
  document.addEventListener("node-clock", (event) => { ahead = event.detail - Date.now(); });
  document.addEventListener("node-changed", (event) => { ahead = event.detail - Date.now(); if (!look()) { const changed = one("[data-changed]"); if (changed) changed.hidden = false; } });

  // What is being typed stays in this browser until it was sent: through a reload, logging out, and a power cut.
  const person = document.body.dataset.person || "";
  const name = (form) => "typed " + person + " " + form.getAttribute("action") + " " + location.pathname + location.search;
  const skipped = new Set(["token", "id"]);
  const fields = (form) => all("input, textarea, select", form).filter((f) => f.name && !skipped.has(f.name) && f.type !== "password" && f.type !== "hidden");
  const value = (f) => (f.type === "checkbox" || f.type === "radio" ? f.checked : f.value);
  const refused = Boolean(one(".said.bad"));
  all("form[data-keep]").forEach((form) => {
    const key = name(form);
    const stored = refused ? null : kept(key);
    if (stored) {
      const values = JSON.parse(stored);
      fields(form).forEach((f, i) => { if (i in values) { if (f.type === "checkbox" || f.type === "radio") f.checked = values[i]; else f.value = values[i]; } });
      const note = document.createElement("p"), drop = document.createElement("button");
      note.className = "note"; note.textContent = "已找回上次没有报出的内容。";
      drop.type = "button"; drop.textContent = "不要了，重新填";
      drop.addEventListener("click", () => { keep(key, null); location.reload(); });
      note.append(" ", drop); form.prepend(note);
    }
    form.addEventListener("input", () => keep(key, JSON.stringify(fields(form).map(value))));
    form.addEventListener("submit", () => { try { sessionStorage.setItem("sent", key); } catch (e) { /* stays, and is offered again */ } });
  });
  // It was sent and this page is not its refusal: nothing is left to be kept.
  try { const sent = sessionStorage.getItem("sent"); if (sent) { sessionStorage.removeItem("sent"); if (!refused && !one(".door")) keep(sent, null); } } catch (e) { /* nothing was kept */ }

  all("[data-now-for]").forEach((button) => button.addEventListener("click", () => {
    const at = new Date(now() + 8 * 3600000).toISOString().slice(0, 16), field = document.getElementById(button.dataset.nowFor);
    field.value = at; field.dispatchEvent(new Event("input", { bubbles: true }));
  }));
  const focus = one("[data-focus]");
  if (focus) focus.focus();
})();
