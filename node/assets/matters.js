// What the pages of matters and files are better with: how far files have got, events that may be the one that is being entered, moments that
// follow the clock until somebody types. Every page works without it.
"use strict";
(() => {
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  // Files: one request that says how far it has got. Its answer is the page that would have come anyway.
  all("form[data-upload]").forEach((form) => form.addEventListener("submit", (event) => {
    const files = all("input[type=file]", form).flatMap((input) => Array.from(input.files));
    if (!files.length || !window.XMLHttpRequest) return;
    event.preventDefault();
    const request = new XMLHttpRequest(), fields = new FormData(form), bar = form.querySelector("[data-progress]"), words = form.querySelector("[data-progress-words]");
    if (event.submitter && event.submitter.name) fields.set(event.submitter.name, event.submitter.value);
    const action = (event.submitter && event.submitter.getAttribute("formaction")) || form.getAttribute("action");
    const buttons = all("button", form);
    const say = (text) => { words.textContent = text; };
    buttons.forEach((button) => { button.disabled = true; });
    bar.hidden = false;
    bar.scrollIntoView({ block: "nearest" });
    say("正在送到本机……");
    request.upload.addEventListener("progress", (sent) => {
      // Whoever waits for his files is there.
      document.dispatchEvent(new Event("input"));
      if (!sent.lengthComputable) return;
      bar.value = 100 * sent.loaded / sent.total;
      say(sent.loaded < sent.total ? "已送 " + Math.floor(bar.value) + "%" : "已送完，本机正在核对……");
    });
    request.addEventListener("load", () => {
      const at = new URL(request.responseURL, location.href);
      if (request.status === 200 && at.pathname !== new URL(action, location.href).pathname) { location.assign(at.href); return; }
      document.open(); document.write(request.responseText); document.close();
    });
    request.addEventListener("error", () => { say("没有送到，请再按一次；填写的内容都在。"); bar.hidden = true; buttons.forEach((button) => { button.disabled = false; }); });
    request.open("POST", action);
    request.send(fields);
  }));

  // Files that are on their way here: the list is asked for again while one is.
  const refresh = async () => {
    if (!document.querySelector("[data-coming]")) return;
    try {
      const answer = await fetch(location.href, { headers: { "dutynet-by-itself": "1" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.querySelector("[data-files]"), old = document.querySelector("[data-files]");
      if (answer.ok && fresh && old) old.replaceWith(document.importNode(fresh, true));
    } catch (error) { /* the next time */ }
    setTimeout(refresh, 3000);
  };
  setTimeout(refresh, 3000);

  // Events of the same place.
  const letters = (text) => text.replace(/[^\p{L}\p{N}]/gu, "");
  const alike = (a, b) => {
    const [short, long] = a.length <= b.length ? [a, b] : [b, a], run = Math.min(4, short.length);
    if (short.length < 2) return false;
    for (let at = 0; at + run <= short.length; at += 1) if (long.includes(short.slice(at, at + run))) return true;
    return false;
  };
  const place = document.getElementById("f.place");
  const mark = () => all("[data-place]").forEach((row) => row.classList.toggle("similar-here", alike(letters(place.value), letters(row.dataset.place))));
  if (place && document.querySelector("[data-place]")) { place.addEventListener("input", mark); mark(); }

  // A moment that the page has filled in is now, until somebody says another.
  const opened = Date.now(), at = Number(document.body.dataset.now || 0);
  all("form[data-follow-now] input[type=datetime-local]").forEach((field) => {
    let typed = Boolean(field.dataset.restored && field.value);
    field.addEventListener("input", () => { typed = true; });
    setInterval(() => { if (!typed && at) field.value = new Date(at + Date.now() - opened + 8 * 3600000).toISOString().slice(0, 16); }, 20000);
  });
})();
