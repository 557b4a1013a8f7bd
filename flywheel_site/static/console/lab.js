// The laboratory redacts a text while it is typed: sends the form, and inserts the result from the answer.
"use strict";
(() => {
  const form = document.querySelector("form.lab");
  const result = document.querySelector("#lab-result");
  if (!form || !result) return;
  const PAUSE_MS = 400;
  let timer = 0;
  let asked = 0;

  async function show() {
    const number = ++asked;
    const body = new FormData(form);
    body.append("try", "");
    result.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.href, { method: "POST", body, credentials: "same-origin" });
      if (!answer.ok || number !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#lab-result");
      if (fresh && number === asked) result.replaceChildren(...fresh.childNodes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // no connection: the button still asks
    } finally {
      result.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  });
})();
