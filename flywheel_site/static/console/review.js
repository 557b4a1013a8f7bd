// Reviewing by keyboard, one task after the other. Without it, the same forms work by hand.
"use strict";
{
  const PREFIX = "flywheel-draft:";
  const MOST = 700; // words on either side; beyond them a diff takes too long to be live
  const NEAR = 12; // words and spaces that are shown on either side of a change
  const verdict = (key) => [...document.querySelectorAll("#verdict-form button[data-key]")].find((one) => one.dataset.key === key);
  const part = () => document.getElementById("review-part");
  const form = () => document.getElementById("verdict-form");
  const editor = () => document.getElementById("correction");
  // A key is meant for the task that its reader saw. While the next one is on its way, for a moment after it has come, and
  // while keys follow each other as they do in typed text, keys decide nothing; "c" opens the editor on the task to come.
  const MOMENT = 300; // milliseconds
  const LEFT = "flywheel-left-by-key";
  const OVERTAKEN = 409; // the task was closed meanwhile: the next one comes, and the draft stays
  let busy = false;
  let going = false;
  let resting = 0;
  let editorWanted = false;
  let leaving = true;

  const rest = () => {
    clearTimeout(resting);
    part().classList.add("resting");
    resting = setTimeout(() => {
      resting = 0;
      if (part()) part().classList.remove("resting");
    }, MOMENT);
  };

  // The page is replaced by another, on which the same keys may still arrive.
  const leaveFor = (go) => {
    going = true;
    sessionStorage.setItem(LEFT, "1");
    go();
  };

  // A ticked box keeps the focus, and nobody types into it.
  const isTyping = (target) => target.matches("input:not([type=checkbox]), textarea, select") || target.isContentEditable;
  const drafts = () => PREFIX + part().dataset.task;

  // Words and the white space between them, compared by their longest common subsequence, after what both texts have in
  // common at their ends. Where too much is left, whole lines are compared, and at the very end the texts as they are.
  const words = (text) => text.match(/\s+|[^\s]+/g) || [];
  const lines = (text) => text.match(/[^\n]*\n|[^\n]+$/g) || [];
  const diff = (before, after, split = words) => {
    const a = split(before);
    const b = split(after);
    let head = 0;
    while (head < a.length && head < b.length && a[head] === b[head]) head++;
    let tail = 0;
    while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
    const x = a.slice(head, a.length - tail);
    const y = b.slice(head, b.length - tail);
    const middle = x.length <= MOST && y.length <= MOST ? common(x, y)
      : split === words ? diff(x.join(""), y.join(""), lines) : [["del", x.join("")], ["ins", y.join("")]];
    return [["", a.slice(0, head).join("")], ...middle, ["", a.slice(a.length - tail).join("")]].filter(([, text]) => text);
  };
  const common = (a, b) => {
    const width = b.length + 1;
    const table = new Uint16Array((a.length + 1) * width);
    for (let i = a.length - 1; i >= 0; i--) {
      for (let j = b.length - 1; j >= 0; j--) {
        table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1] + 1 : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
      }
    }
    const found = [];
    const add = (kind, word) => {
      const last = found[found.length - 1];
      if (last && last[0] === kind) last[1] += word;
      else found.push([kind, word]);
    };
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) add("", (j++, a[i++]));
      else if (j >= b.length || (i < a.length && table[(i + 1) * width + j] >= table[i * width + j + 1])) add("del", a[i++]);
      else add("ins", b[j++]);
    }
    return found;
  };

  // Of unchanged text, a few words next to a change are enough.
  const near = (text, isFirst, isLast) => {
    const parts = words(text);
    if (parts.length <= 2 * NEAR + 3) return text;
    const before = isFirst ? "" : parts.slice(0, NEAR).join("");
    const after = isLast ? "" : parts.slice(-NEAR).join("");
    return `${before} … ${after}`;
  };

  const drawDiff = () => {
    const box = document.getElementById("diff");
    const area = editor();
    if (!box || !area) return;
    const before = document.getElementById("answer-text").textContent;
    const found = before === area.value ? [] : diff(before, area.value);
    document.getElementById("no-changes").hidden = found.length > 0;
    box.replaceChildren(...found.map(([kind, text], place) => {
      if (!kind) return document.createTextNode(near(text, place === 0, place === found.length - 1));
      const node = document.createElement(kind);
      node.textContent = text;
      return node;
    }));
  };

  // The editor's starting text. Inserted as if typed, so that the browser's own undo restores the previous text.
  const startFrom = (text) => {
    const area = editor();
    area.focus();
    area.select();
    if (!document.execCommand(text ? "insertText" : "delete", false, text)) area.value = text;
    area.dispatchEvent(new Event("input"));
  };

  const preview = async (button) => {
    const box = document.getElementById("preview");
    if (!box.hidden) {
      box.hidden = true;
      return;
    }
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form().querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("correction", editor().value);
    const answer = await fetch(button.dataset.url, { method: "POST", body, credentials: "same-origin" });
    const shown = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("preview-text");
    if (shown) box.replaceChildren(document.adoptNode(shown));
    else box.textContent = "The preview could not be loaded. Try again.";
    box.hidden = false;
  };

  const closeEditor = () => {
    document.getElementById("editor").open = false;
    document.getElementById("review-title").focus({ preventScroll: true });
  };

  const openEditor = () => {
    const fold = document.getElementById("editor");
    if (!fold) return;
    fold.open = true;
    drawDiff();
    editor().focus({ preventScroll: true });
    fold.scrollIntoView({ block: "start" });
  };

  const arrive = () => {
    if (!part()) return;
    if (sessionStorage.getItem(LEFT)) rest();
    sessionStorage.removeItem(LEFT);
    start();
  };

  const start = () => {
    const area = editor();
    if (!area) return;
    const kept = localStorage.getItem(drafts());
    if (kept !== null && kept !== area.value) {
      area.value = kept;
      document.getElementById("editor").open = true;
      document.getElementById("draft-note").hidden = false;
    }
    document.getElementById("preview-button").hidden = false;
    drawDiff();
    area.addEventListener("input", () => {
      document.getElementById("preview").hidden = true;
      localStorage.setItem(drafts(), area.value);
      drawDiff();
    });
    document.getElementById("editor").addEventListener("toggle", drawDiff);
  };

  const show = (text, url) => {
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("review-part");
    if (!fresh) {
      leaving = false;
      leaveFor(() => location.reload());
      return;
    }
    const isNext = fresh.dataset.task !== part().dataset.task;
    part().replaceWith(document.adoptNode(fresh));
    if (fresh.dataset.url) history.replaceState(null, "", fresh.dataset.url);
    start();
    const wrong = document.getElementById("review-error") || document.getElementById("review-notice");
    if (wrong) wrong.focus();
    else document.getElementById("review-title").focus({ preventScroll: true });
    if (!wrong) window.scrollTo(0, 0);
    rest();
    if (editorWanted && isNext) openEditor();
  };

  const send = async (url, body) => {
    if (busy || going) return;
    busy = true;
    editorWanted = false;
    part().classList.add("busy");
    const decided = body.has("resolution") ? drafts() : null;
    try {
      const answer = await fetch(url, { method: "POST", body, headers: { "X-Review": "1" }, credentials: "same-origin" });
      if (answer.redirected) {
        leaving = false;
        leaveFor(() => location.assign(answer.url));
        return;
      }
      if (!answer.ok && answer.status !== 422 && answer.status !== OVERTAKEN) throw new Error(String(answer.status));
      if (answer.ok && decided) localStorage.removeItem(decided);
      show(await answer.text());
      performance.mark("task-shown");
    } catch {
      document.getElementById("review-status").textContent = "This did not reach the server. Try again.";
    }
    busy = false;
    part().classList.remove("busy");
  };

  const submit = (from, value) => {
    const body = new FormData(from);
    if (value) body.set("resolution", value);
    performance.mark("task-decided");
    send(from.action, body);
  };

  const press = (id) => {
    const button = document.getElementById(id);
    if (button) button.click();
  };

  // The second click of a double click was also meant for the previous task.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("#review-part form[data-swap] button")) event.preventDefault();
  }, true);

  document.addEventListener("submit", (event) => {
    const from = event.target;
    if (!from.matches("#review-part form[data-swap]")) return;
    event.preventDefault();
    const by = event.submitter;
    submit(from, by && by.name === "resolution" ? by.value : "");
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("#open-editor")) {
      event.preventDefault();
      openEditor();
    }
    const start = event.target.closest("#editor .start");
    if (start) startFrom(start.value);
    const shower = event.target.closest("#preview-button");
    if (shower) preview(shower).catch(console.warn);
    if (event.target.closest("#close-editor")) closeEditor();
    if (event.target.closest("#open-help")) document.getElementById("help").showModal();
  });

  document.addEventListener("keydown", (event) => {
    if (!part() || event.altKey || event.isComposing || event.getModifierState("AltGraph")) return;
    const area = editor();
    if (event.target.closest("#editor") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) submit(form(), "correct");
      return;
    }
    if (event.key === "Escape" && event.target.closest("#editor")) {
      closeEditor();
      return;
    }
    if (event.ctrlKey || event.metaKey || isTyping(event.target)) return;
    const help = document.getElementById("help");
    if (event.key === "?" && help) {
      event.preventDefault();
      help.open ? help.close() : help.showModal();
      return;
    }
    if (event.key.length !== 1 || (help && help.open)) return;
    const guidelines = document.getElementById("guidelines");
    if (event.key === "h" && guidelines && !event.repeat) {
      guidelines.open = !guidelines.open;
      if (guidelines.open) guidelines.scrollIntoView({ block: "nearest" });
      rest(); // an h within typed words is one of them
      return;
    }
    const tag = document.querySelector(`#tags input[data-key="${event.key}"]`);
    if (tag && !event.repeat && !busy && !going) {
      tag.checked = !tag.checked;
      rest(); // a digit within typed words is one of them
      event.preventDefault();
      return;
    }
    const isDead = busy || going || resting || event.repeat || event.shiftKey;
    if (event.key === "c" && !event.repeat && !event.shiftKey) {
      event.preventDefault();
      if (busy || going) editorWanted = true;
      else openEditor();
      return;
    }
    rest();
    if (isDead) return;
    const given = verdict(event.key); // a held record has verdicts of its own: the page says which
    if (given) submit(form(), given.value);
    else if (event.key === "k") press("skip");
    else if (event.key === "z") press("undo");
    else if (event.key === "n" && document.getElementById("next")) leaveFor(() => press("next"));
    else if (event.key === "b") press("blind");
    else if (event.key === "p" && document.getElementById("recent")) {
      const fold = document.getElementById("recent");
      fold.open = true;
      fold.querySelector("a").focus();
    }
    else return;
    event.preventDefault();
  });

  // Release the task when its page is left; the claim tells an old page from a new one.
  window.addEventListener("pagehide", () => {
    const here = part();
    if (!leaving || !here || !here.dataset.leave) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", here.querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("until", here.dataset.until);
    navigator.sendBeacon(here.dataset.leave, body);
  });

  document.addEventListener("DOMContentLoaded", arrive);
}
