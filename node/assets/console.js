// What a page cannot do without a script: clocks that run, what rings, and keeping what is being typed. Every page works without it.
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

  // Sound: two tones, made here. A browser lets a page sound only after somebody has clicked in it.
  let audio = null;
  const beep = () => {
    try {
      audio = audio || new AudioContext();
      if (audio.state === "suspended") audio.resume();
      [0, 0.35, 0.7].forEach((wait, i) => {
        const tone = audio.createOscillator(), volume = audio.createGain();
        tone.frequency.value = i % 2 ? 660 : 880;
        volume.gain.value = 0.4;
        tone.connect(volume).connect(audio.destination);
        tone.start(audio.currentTime + wait);
        tone.stop(audio.currentTime + wait + 0.3);
      });
      return audio.state === "running";
    } catch (e) { return false; }
  };
  all("[data-sound-test]").forEach((button) => button.addEventListener("click", () => {
    beep();
    setTimeout(() => { const state = one("[data-sound-state]"); if (state) state.textContent = audio && audio.state === "running" ? "响了。听不见请检查音量和喇叭。" : "这个浏览器不让本页发声，请在设置里允许声音。"; }, 200);
  }));

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
      lives.forEach((live) => { const to = fresh.getElementById(live.id); if (to) renew(live, to); });
      tick();
    }).catch(() => { /* the next look finds it */ }).finally(() => { looking = false; if (again) { again = false; setTimeout(look, 2000); } });
    return true;
  };
  const every = () => Math.max(0, ...lives.map((live) => Number(live.dataset.live)));
  let looked = now();
  if (lives.length) setInterval(() => { if (every() && now() - looked >= every() * 1000 && !document.hidden) { looked = now(); look(); } }, 1000);

  // What rings until somebody has seen it. What was seen is remembered for this browser, so that it is not rung at every page.
  const bar = one("[data-ring]");
  const rings = new Map();
  const seen = () => { try { return JSON.parse(sessionStorage.getItem("seen") || "[]"); } catch (e) { return []; } };
  const see = (ids) => { try { sessionStorage.setItem("seen", JSON.stringify(seen().concat(ids).slice(-500))); } catch (e) { /* rings again at the next page */ } };
  const title = document.title;
  let sounding = null;
  const show = () => {
    const unseen = Array.from(rings.values()).filter((ring) => !seen().includes(ring.id));
    bar.hidden = unseen.length === 0;
    document.title = unseen.length ? "【" + unseen.length + " 项提醒】" + title : title;
    bar.textContent = "";
    if (!unseen.length) { clearInterval(sounding); sounding = null; return; }
    const list = document.createElement("ul");
    unseen.slice(0, 8).forEach((ring) => { const li = document.createElement("li"), a = document.createElement("a"); a.href = ring.path; a.textContent = ring.sentence; if (!list.children.length) { a.accessKey = "a"; a.append("（Alt+A）"); } li.append(a); list.append(li); });
    if (unseen.length > 8) { const li = document.createElement("li"); li.textContent = "另有 " + (unseen.length - 8) + " 项，见“时限”。"; list.append(li); }
    const button = document.createElement("button");
    button.type = "button"; button.textContent = "知道了";
    button.addEventListener("click", () => { see(unseen.map((ring) => ring.id)); show(); });
    bar.append(list, button);
    if (!sounding) { beep(); sounding = setInterval(beep, 5000); }
  };
  if (bar && window.EventSource) {
    const events = new EventSource("/live");
    events.addEventListener("state", (event) => { rings.clear(); JSON.parse(event.data).forEach((ring) => rings.set(ring.id, ring)); show(); });
    events.addEventListener("ring", (event) => { const ring = JSON.parse(event.data); rings.set(ring.id, ring); show(); });
    events.addEventListener("changed", (event) => { ahead = Number(event.data) - Date.now(); if (!look()) { const changed = one("[data-changed]"); if (changed) changed.hidden = false; } });
  }

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
