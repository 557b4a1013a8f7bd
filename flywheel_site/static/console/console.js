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

  const folds = () => document.querySelectorAll("#changelist-filter details, .user-menu");

  document.addEventListener("DOMContentLoaded", () => {
    label();
    if (document.querySelector("[data-live]")) setInterval(() => follow().catch(console.warn), 2000);
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
