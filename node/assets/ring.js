// What rings, and until when. All windows of a browser share one line to the node, and one of them sounds: six windows would otherwise use up
// the connections that a browser has for one host, and ring six times. Whatever is said comes from the node: after sleep, a lost line or a
// restart the whole state comes anew.
"use strict";
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const bar = document.querySelector("[data-ring]");
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent("node-" + name, { detail }));

  // Sound: two tones, made here. A browser lets a page sound only after somebody has clicked or typed in it; whether it does is shown.
  let audio = null, sounds = false;
  const maySound = () => Boolean(audio && audio.state === "running");
  const shown = () => {
    const may = maySound();
    document.documentElement.classList.toggle("silent", !may);
    all("[data-sound-state]").forEach((state) => { state.textContent = may ? "本机可以响铃。听不见请检查音量和喇叭。" : "铃声还没开：请按一下“试听告警声”。"; });
    all("[data-sound-short]").forEach((state) => { state.hidden = false; state.textContent = may ? "铃声已开" : "铃声没开，点一下"; state.classList.toggle("off", !may); });
    if (may && !sounds) alone("sound", () => { sounds = true; ring(); });
  };
  // One window of this browser at a time does it, for as long as it is open; without locks every one does.
  const alone = (what, begin) => { if (navigator.locks) navigator.locks.request("dutynet " + what, () => { begin(); return new Promise(() => {}); }); else begin(); };
  const wake = () => {
    if (!window.AudioContext) return;
    try { if (!audio) { audio = new AudioContext(); audio.onstatechange = shown; } if (audio.state !== "running") audio.resume().then(shown, () => {}); } catch (e) { /* no sound on this machine: it is shown */ }
  };
  const beep = () => {
    if (!maySound()) return;
    [0, 0.35, 0.7].forEach((wait, i) => {
      const tone = audio.createOscillator(), volume = audio.createGain();
      tone.frequency.value = i % 2 ? 660 : 880;
      volume.gain.value = 0.4;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + wait);
      tone.stop(audio.currentTime + wait + 0.3);
    });
  };
  wake(); shown();
  ["pointerdown", "keydown"].forEach((gesture) => document.addEventListener(gesture, () => { if (!maySound()) wake(); }));
  all("[data-sound-test], [data-sound-short]").forEach((button) => button.addEventListener("click", () => { wake(); setTimeout(() => { beep(); shown(); }, 150); }));
  if (!bar || !window.EventSource) return;

  // What somebody has seen is remembered for this browser and this person, in every window. What is to be answered or signed for rings again.
  let more = 0;
  const rings = new Map(), key = "seen " + (document.body.dataset.person || ""), again = 60000, forever = 8640000000000000;
  const seen = () => { try { return JSON.parse(localStorage.getItem(key) || "{}"); } catch (e) { return {}; } };
  const see = (list) => { try { const was = seen(); list.forEach((ring) => { was[ring.id] = ring.insists ? Date.now() + again : forever; }); localStorage.setItem(key, JSON.stringify(Object.fromEntries(Object.entries(was).slice(-500)))); } catch (e) { /* rings again at the next page */ } };
  const unseen = () => { const was = seen(); return Array.from(rings.values()).filter((ring) => !(was[ring.id] > Date.now())); };

  // What is not late yet reminds once a minute; what is late or is to be answered sounds until somebody has seen it.
  const title = document.title, urgent = (list) => list.some((one) => one.loud || one.insists);
  let sounding = null, every = 0, blinking = null;
  const ring = () => {
    const list = bar ? unseen() : [];
    const pause = urgent(list) ? 5000 : 60000;
    if (!list.length || pause !== every) { clearInterval(sounding); sounding = null; every = pause; }
    if (!list.length) { clearInterval(blinking); blinking = null; document.title = title; return; }
    if (!blinking) { let on = false; const blink = () => { on = !on; document.title = on ? "【" + unseen().length + " 项提醒】" + title : "● 请处理 ● " + title; }; blink(); blinking = setInterval(blink, 1000); }
    if (sounds && !sounding) { beep(); sounding = setInterval(beep, every); }
  };
  const line = (text) => { const li = document.createElement("li"); li.textContent = text; return li; };
  const few = 5;
  const show = () => {
    const list = unseen().sort((a, b) => b.insists - a.insists || b.loud - a.loud || a.due_ms - b.due_ms);
    bar.hidden = !list.length;
    bar.classList.toggle("soft", !urgent(list));
    ring();
    const said = JSON.stringify([list.map((one) => one.sentence), more, maySound()]);
    // What stands there already is left alone: focus stays, and a screen reader says nothing twice.
    if (bar.dataset.said === said) return;
    bar.dataset.said = said;
    bar.textContent = "";
    if (!list.length) return;
    const ul = document.createElement("ul");
    if (list.length > few) {
      const kinds = new Map();
      list.forEach((one) => kinds.set(one.kind, (kinds.get(one.kind) || 0) + 1));
      ul.append(line("共 " + (list.length + more) + " 项提醒" + (more ? "，其中最急的 " + list.length + " 项：" : "：") + Array.from(kinds, ([kind, count]) => kind + " " + count).join("，") + "。最急的："));
    }
    list.slice(0, few).forEach((one, i) => { const li = document.createElement("li"), a = document.createElement("a"); a.href = one.path; a.textContent = one.sentence + (i ? "" : "（Alt+A）"); if (!i) a.accessKey = "a"; li.append(a); ul.append(li); });
    if (list.length > few) { const li = document.createElement("li"), a = document.createElement("a"); a.href = "/dues"; a.textContent = "全部在“时限”"; li.append(a); ul.append(li); }
    const button = document.createElement("button");
    button.type = "button"; button.textContent = list.some((one) => one.insists) ? "知道了（还没有应答、签收，一分钟后再响）" : "知道了";
    button.addEventListener("click", () => { see(list); show(); });
    bar.append(ul, button);
  };
  let soon = null;
  const showSoon = () => { clearTimeout(soon); soon = setTimeout(show, 300); };
  window.addEventListener("storage", (event) => { if (event.key === key) show(); });
  setInterval(() => { if (rings.size) show(); }, 5000);

  // The line to the node. One window holds it and tells the others.
  const others = window.BroadcastChannel ? new BroadcastChannel("dutynet") : { postMessage() {} };
  const state = (now) => { rings.clear(); now.rings.forEach((one) => rings.set(one.id, one)); more = now.more; showSoon(); };
  let holds = false, source = null, heard = Date.now(), tried = 0, opened = false;
  // A line that is known to be gone is waited for half as long as one that may only be slow.
  const LOST = "lost", patience = () => (source && source.readyState === EventSource.OPEN ? 40000 : 20000);
  const spread = () => { showSoon(); others.postMessage({ state: { rings: Array.from(rings.values()), more } }); };
  const pass = (name, now) => { tell(name, now); others.postMessage({ name, now }); };
  const hear = () => { heard = Date.now(); if (rings.delete(LOST)) spread(); };
  // Who hears nothing of the node hears no ring either: that rings too, in every window, until the line is back.
  const lose = () => {
    if (rings.has(LOST)) return;
    rings.set(LOST, { id: LOST + " " + heard, sentence: "和本机节点连不上，现在收不到提醒。正在重连；一直不好请管理员查看节点是否在运行", path: location.pathname + location.search, kind: "连不上", loud: false, insists: false, due_ms: 0 });
    spread();
  };
  const connect = () => {
    if (source) source.close();
    tried = Date.now();
    source = new EventSource("/live");
    const on = (name, then) => source.addEventListener(name, (event) => { hear(); then(JSON.parse(event.data)); });
    on("state", (now) => { state(now); spread(); });
    on("ring", (one) => { rings.set(one.id, one); spread(); });
    ["changed", "clock", "desk", "line"].forEach((name) => on(name, (now) => pass(name, now)));
    // What happened while the line was gone was said to nobody.
    source.onopen = () => { if (opened) pass("changed", 0); opened = true; };
    // The node was restarted, and everybody logs in again.
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) fetch("/here", { headers: { "dutynet-by-itself": "1" }, redirect: "manual" }).then((answer) => { if (answer.type === "opaqueredirect") pass("desk", "ended"); }).catch(() => { /* the next try */ }); };
  };
  others.onmessage = ({ data }) => {
    if (data.ask && holds) return spread();
    if (data.state) return state(data.state);
    if (data.name) tell(data.name, data.now);
  };
  others.postMessage({ ask: true });
  alone("live", () => {
    holds = true;
    heard = Date.now();
    opened = performance.now() > 5000;
    connect();
    // The node says something every quarter of a minute; whoever has heard nothing for longer has slept, or the line is gone.
    // A new line has a moment to say something before anybody is alarmed.
    setInterval(() => {
      if (Date.now() - heard <= patience()) return;
      const since = Date.now() - tried;
      if (since >= 5000 && since <= patience()) lose();
      if (since > patience() || source.readyState === EventSource.CLOSED) connect();
    }, 5000);
  });
})();
