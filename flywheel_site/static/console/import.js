// Shows the preview on the same page, so that the file need not be selected again for the import.
"use strict";
(() => {
  const form = document.querySelector("form.import");
  const result = document.querySelector("#import-result");
  if (!form || !result) return;
  let asked = 0;

  form.addEventListener("submit", async (event) => {
    if (event.submitter?.name !== "try") return;
    event.preventDefault();
    const number = ++asked;
    const body = new FormData(form);
    body.append("try", "");
    result.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.href, { method: "POST", body, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (number !== asked) return; // the settings have changed since
      const fresh = page.querySelector("#import-result");
      if (answer.ok && fresh) result.replaceChildren(...fresh.childNodes);
      else location.reload();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      form.submit(); // the file has changed since it was chosen, or there is no connection: the browser says so
    } finally {
      if (number === asked) result.removeAttribute("aria-busy");
    }
  });
})();
