// All that a page has to do: give the element its interaction and token, and listen for events if it wants to.
import "./flywheel-feedback.js";

const widget = document.querySelector("flywheel-feedback");
const list = document.querySelector("#events");

for (const name of ["endpoint", "interaction", "token"]) {
  const value = document.body.dataset[name];
  if (value) widget.setAttribute(name, value);
}

for (const name of ["flywheel-sent", "flywheel-queued", "flywheel-error", "flywheel-retry"]) {
  document.addEventListener(name, ({ detail }) => {
    const line = document.createElement("li");
    const words = [name, detail.signal, detail.status, detail.id];
    line.textContent = words.filter(Boolean).join(" · ");
    list.prepend(line);
  });
}
