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
  // and what is being typed stay. A form is never touched, and stays for as long as somebody is typing in it.
  const lives = all("[data-live]");
  const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
  const inUse = (node) => node.nodeType === 1 && all("form[data-typed]", node).concat(node.matches("form[data-typed]") ? [node] : []).length > 0;
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
    while (at) { const next = at.nextSibling; if (!inUse(at)) at.remove(); at = next; }
  };
  let looking = false, again = false;
  const stale = (is) => all("[data-stale]").forEach((said) => { said.hidden = !is; });
  const look = () => {
    if (!lives.length) return false;
    if (looking) { again = true; return true; }
    looking = true;
    fetch(location.href, { headers: { "dutynet-by-itself": "1" }, redirect: "manual" }).then((answer) => {
      if (answer.type === "opaqueredirect") return toTheDoor();
      if (!answer.ok) throw new Error(answer.status);
      return answer.text().then((html) => {
        const fresh = new DOMParser().parseFromString(html, "text/html");
        const held = document.activeElement;
        lives.forEach((live) => { const to = fresh.getElementById(live.id); if (to) renew(live, to); });
        labels();
        // What was moved has lost the focus.
        if (held && held.isConnected && held !== document.activeElement) held.focus({ preventScroll: true });
        tick();
        stale(false);
      });
    }).catch(() => stale(true)).finally(() => { looking = false; if (again) { again = false; setTimeout(look, 2000); } });
    return true;
  };
  const every = () => Math.max(0, ...lives.map((live) => Number(live.dataset.live)));
  let looked = now();
  if (lives.length) setInterval(() => { if (every() && now() - looked >= every() * 1000 && !document.hidden) { looked = now(); look(); } }, 1000);

  // What the node says of itself; what rings is in ring.js.
  document.addEventListener("node-clock", (event) => { ahead = event.detail - Date.now(); });
  document.addEventListener("node-changed", (event) => { if (event.detail) ahead = event.detail - Date.now(); if (!look()) { const changed = one("[data-changed]"); if (changed) changed.hidden = false; } });

  document.addEventListener("node-line", ({ detail: line }) => all("[data-line]").forEach((said) => {
    if (!line) return;
    said.classList.toggle("good", line.up); said.classList.toggle("bad", !line.up);
    const words = one("[data-line] a") || said;
    if (words.textContent !== line.words) words.textContent = line.words;
  }));

  // A desk that is locked, or whose session has ended, shows nothing more; whoever opens it comes back to this page. Typing is being there.
  const isDoor = document.body.classList.contains("door");
  const toTheDoor = () => { if (!isDoor) location.assign("/locked?to=" + encodeURIComponent(location.pathname + location.search)); };
  document.addEventListener("node-desk", (event) => { if (event.detail !== "open") toTheDoor(); else { const to = one("form[action='/locked'] [name=to]"); if (to) location.assign(to.value); } });
  let lastHere = performance.now();
  if (!isDoor) ["keydown", "pointerdown", "input"].forEach((gesture) => document.addEventListener(gesture, () => {
    if (performance.now() - lastHere < 20000) return;
    lastHere = performance.now();
    fetch("/here", { redirect: "manual" }).then((answer) => { if (answer.type === "opaqueredirect" || answer.status === 423) toTheDoor(); }).catch(() => { /* ring.js says that the node is not there */ });
  }, { passive: true }));

  // 无 and 不明 stand for what is typed: the one takes the place of the other, and what a tick has taken away comes back with it.
  const boxes = (field) => all("input[type=checkbox][name$='.nil'], input[type=checkbox][name$='.unknown']", field);
  const words = (field) => all("input:not([type=checkbox]):not([type=radio]), textarea, select", field).filter((f) => f.name);
  all(".field").forEach((field) => field.addEventListener("input", ({ target }) => {
    const ticks = boxes(field);
    if (!ticks.length) return;
    if (!ticks.includes(target)) { if (target.value !== "") ticks.forEach((box) => { box.checked = false; }); return; }
    if (target.checked) ticks.forEach((box) => { if (box !== target) box.checked = false; });
    words(field).forEach((f) => {
      if (target.checked && f.value !== "") { f.dataset.before = f.value; f.value = ""; } else if (!target.checked && f.dataset.before && f.value === "") { f.value = f.dataset.before; delete f.dataset.before; }
    });
  }));

  // What is being typed stays in this browser until the node has it: through a reload, a refusal, a lock, logging out, and a power cut. It
  // is kept by the names of the fields, under the name of the form; the node says which form it took by a cookie.
  const person = document.body.dataset.person || "";
  const session = (value) => { try { if (value === undefined) return JSON.parse(sessionStorage.getItem("sent") || "null"); if (value) sessionStorage.setItem("sent", JSON.stringify(value)); else sessionStorage.removeItem("sent"); } catch (e) { /* a browser that keeps nothing */ } return null; };
  const action = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const sent = session(), refused = Boolean(one(".said.bad"));
  session(null);
  const took = document.cookie.split("; ").find((pair) => pair.startsWith("dutynet_took="));
  if (took) document.cookie = "dutynet_took=; Path=/; Max-Age=0; SameSite=Strict";
  if (took && sent && took.slice(13) === sent.action) keep(sent.key, null);
  // A form that came back refused is the one that was sent, whatever its address is now.
  const name = (form) => (refused && sent && sent.action === action(form) ? sent.key : "typed " + person + " " + (form.dataset.keep ? action(form) + " " + form.dataset.keep : (form.getAttribute("action") || "") + " " + location.pathname + location.search));
  const isBox = (f) => f.type === "checkbox" || f.type === "radio";
  const fields = (form) => all("input, textarea, select", form).filter((f) => f.name && f.name !== "token" && f.name !== "id" && !["password", "hidden", "file", "submit"].includes(f.type));
  const named = (form) => { const many = {}; return fields(form).map((f) => { const name = isBox(f) ? f.name + "=" + f.value : f.name; many[name] = (many[name] || 0) + 1; return [name + (many[name] > 1 ? "#" + many[name] : ""), f]; }); };
  const stored = (key) => { try { const values = JSON.parse(kept(key) || "null"); return values && !Array.isArray(values) ? values : null; } catch (e) { return null; } };
  all("form[data-keep]").forEach((form) => {
    const key = name(form), values = refused ? null : stored(key);
    if (values) {
      named(form).forEach(([name, f]) => {
        if (!(name in values)) return;
        if (isBox(f)) f.checked = values[name]; else f.value = values[name];
        f.dataset.restored = "1";
      });
      const note = document.createElement("p"), drop = document.createElement("button");
      note.className = "note"; note.textContent = "已找回上次没有报出的内容。";
      drop.type = "button"; drop.textContent = "不要了，重新填";
      drop.addEventListener("click", () => { keep(key, null); location.reload(); });
      note.append(" ", drop); form.prepend(note);
    }
    form.addEventListener("input", () => { form.dataset.typed = "1"; keep(key, JSON.stringify(Object.fromEntries(named(form).map(([name, f]) => [name, isBox(f) ? f.checked : f.value])))); });
    form.addEventListener("submit", (event) => {
      // A moment of which only the date was chosen would go as none.
      const half = fields(form).find((f) => f.validity && f.validity.badInput);
      if (half) { event.preventDefault(); event.stopImmediatePropagation(); half.reportValidity(); return; }
      session({ key, action: event.submitter && event.submitter.getAttribute("formaction") ? new URL(event.submitter.formAction).pathname : action(form) });
    });
  });

  all("[data-now-for]").forEach((button) => button.addEventListener("click", () => {
    const at = new Date(now() + 8 * 3600000).toISOString().slice(0, 16), field = document.getElementById(button.dataset.nowFor);
    field.value = at; field.dispatchEvent(new Event("input", { bubbles: true }));
  }));
  const focus = one("[data-focus]");
  if (focus) focus.focus();
})();
