// Small improvements to every page; each page works without them.
"use strict";
{
  const root = document.documentElement;
  root.classList.add("with-script");
  const isTyping = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

  const label = () => {
    const table = document.getElementById("result_list");
    if (!table) return;
    const names = [...table.tHead.rows[0].cells].map((cell) => cell.innerText.trim());
    const wide = /field-(asked|name|external_id|title|prefix)\b/;
    for (const row of table.tBodies[0].rows) {
      [...row.cells].forEach((cell, place) => {
        if (names[place]) cell.dataset.label = names[place];
        if (wide.test(cell.className) && !row.querySelector(".wide")) cell.classList.add("wide");
        if (["", "-"].includes(cell.innerText.trim()) && !cell.querySelector("input, img")) cell.classList.add("blank");
      });
    }
  };

  // Django's own forms leave some fields without an accessible name.
  const name = () => {
    for (const field of document.querySelectorAll(".vDateField, .vTimeField")) {
      const row = field.closest(".form-row")?.querySelector("label, legend")?.textContent.replace(/:\s*$/, "").trim();
      if (row) field.setAttribute("aria-label", `${row}, ${field.classList.contains("vDateField") ? "date" : "time"}`);
    }
    for (const field of document.querySelectorAll(".tabular td :is(select, input:not([type=hidden]))")) {
      const cell = field.closest("td");
      const heads = cell.closest("table").tHead.rows[0].cells;
      let place = 0;
      for (const head of heads) {
        if (place + head.colSpan > cell.cellIndex) {
          if (!field.labels?.length) field.setAttribute("aria-label", head.textContent.trim());
          break;
        }
        place += head.colSpan;
      }
    }
    for (const tip of document.querySelectorAll(".help-tooltip[aria-label]")) tip.setAttribute("role", "img");
  };
  window.addEventListener("load", name); // after the scripts that make such fields

  // Live runs: update their progress bars, and reload the page when one of them has ended.
  const follow = async () => {
    const shown = document.querySelectorAll("[data-live] [data-run]");
    if (!shown.length || document.hidden) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const run of shown) {
      const now = fresh.querySelector(`[data-run="${run.dataset.run}"]`);
      if (!now) return location.reload();
      run.querySelector("progress").value = now.querySelector("progress").value;
      run.querySelector("[data-words]").textContent = now.querySelector("[data-words]").textContent;
    }
  };

  // The light on a new key's page: it asks until the first conversation has been stored.
  const watch = async (light) => {
    if (document.hidden) return false;
    const answer = await fetch(light.dataset.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return true; // the key is gone, or the session has ended
    const heard = await answer.json();
    const words = light.querySelector(".words");
    if (heard.stored) {
      light.classList.add("green");
      words.textContent = `${light.dataset.stored} `;
      const link = document.createElement("a");
      link.href = heard.stored;
      link.textContent = light.dataset.open;
      words.append(link);
      return true;
    }
    if (heard.used && words.textContent !== light.dataset.used) words.textContent = light.dataset.used;
    return false;
  };

  // Saved views of a list: its filters under a name, kept in this browser alone, because a search can quote a person.
  const VIEWS = "flywheel-views:";
  const views = (box) => JSON.parse(localStorage.getItem(VIEWS + box.dataset.list) || "[]");
  const drawViews = (box) => {
    const shown = views(box).map(({ name, query }, place) => {
      const view = document.createElement("span");
      view.className = "view";
      const link = document.createElement("a");
      link.href = `?${query}`;
      link.textContent = name;
      if (`?${query}` === location.search) link.setAttribute("aria-current", "true");
      const drop = document.createElement("button");
      drop.type = "button";
      drop.textContent = "×";
      drop.setAttribute("aria-label", `${box.dataset.remove}: ${name}`);
      drop.addEventListener("click", () => keepViews(box, views(box).filter((_, other) => other !== place)));
      view.append(link, drop);
      return view;
    });
    document.getElementById("saved-views").replaceChildren(...shown);
  };
  const keepViews = (box, all) => {
    localStorage.setItem(VIEWS + box.dataset.list, JSON.stringify(all));
    drawViews(box);
  };
  const startViews = (box) => {
    const save = document.getElementById("save-view");
    save.hidden = location.search.length < 2;
    save.addEventListener("click", () => {
      const name = (prompt(box.dataset.prompt) || "").trim().slice(0, 40);
      if (name) keepViews(box, [...views(box).filter((view) => view.name !== name), { name, query: location.search.slice(1) }]);
    });
    drawViews(box);
  };

  // Long ids are shown short, with a button that copies the whole.
  const SHORT = 14;
  const shorten = () => {
    for (const cell of document.querySelectorAll("#result_list .field-external_id, .facts .id")) {
      const holder = cell.querySelector("a") || cell;
      const whole = holder.textContent.trim();
      if (holder.children.length || !whole) continue;
      if (whole.length > SHORT) {
        holder.textContent = `${whole.slice(0, SHORT - 1)}…`;
        holder.title = whole;
        holder.setAttribute("aria-label", whole);
      }
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy-id";
      button.textContent = "";
      button.title = "Copy";
      button.setAttribute("aria-label", `Copy ${whole}`);
      button.addEventListener("click", async () => {
        await navigator.clipboard?.writeText(whole);
        button.textContent = "✓";
        setTimeout(() => (button.textContent = ""), 1500);
      });
      cell.append(" ", button);
    }
  };

  const folds = () => document.querySelectorAll("#changelist-filter details, .user-menu");

  document.addEventListener("DOMContentLoaded", () => {
    label();
    shorten();
    const box = document.getElementById("views");
    if (box) startViews(box);
    if (document.querySelector("[data-live]")) setInterval(() => follow().catch(console.warn), 2000);
    const light = document.getElementById("light");
    if (light) {
      light.hidden = false;
      const timer = setInterval(() => watch(light).then((done) => done && clearInterval(timer), console.warn), 2000);
    }
    const button = document.getElementById("rail-button");
    if (button) {
      button.setAttribute("aria-expanded", "false");
      button.setAttribute("role", "button");
      button.addEventListener("click", (event) => {
        event.preventDefault();
        button.setAttribute("aria-expanded", String(root.classList.toggle("rail-open")));
      });
    }
    for (const copier of document.querySelectorAll("[data-copy]")) {
      copier.hidden = false;
      copier.addEventListener("click", async () => {
        await navigator.clipboard.writeText(document.getElementById(copier.dataset.copy).textContent);
        copier.textContent = copier.dataset.done || "Copied";
      });
    }
  });

  document.addEventListener("click", async (event) => {
    const copier = event.target.closest(".code .copy");
    if (!copier) return;
    const before = copier.textContent;
    const code = copier.closest(".code").querySelector("pre");
    if (!navigator.clipboard) return getSelection().selectAllChildren(code); // a page without HTTPS may not write there
    await navigator.clipboard.writeText(code.textContent);
    copier.textContent = "✓";
    setTimeout(() => (copier.textContent = before), 1500);
  });

  document.addEventListener("click", (event) => {
    for (const fold of folds()) if (fold.open && !fold.contains(event.target)) fold.open = false;
    if (root.classList.contains("rail-open") && !event.target.closest("#rail, #rail-button")) {
      root.classList.remove("rail-open");
      document.getElementById("rail-button").setAttribute("aria-expanded", "false");
    }
  });

  // A form is sent once, however often its button is pressed while a slow server works. One whose answer is a file stays on
  // its page, and can be sent again after a while.
  const AGAIN_MS = 10_000;
  const sent = new Map();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    const now = Date.now();
    if (now - (sent.get(form) ?? -Infinity) < AGAIN_MS) event.preventDefault();
    else sent.set(form, now);
  });
  addEventListener("pageshow", () => sent.clear());

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const fold of folds()) fold.open = false;
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const search = document.getElementById("searchbar");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
}
