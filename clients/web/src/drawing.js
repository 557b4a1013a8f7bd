// SPDX-License-Identifier: Apache-2.0
// How the element looks, made without markup or style attributes, so that the strictest policy allows it.

export const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host{display:block;font:var(--flywheel-font,inherit);color:var(--flywheel-color,inherit);
--a:var(--flywheel-accent,light-dark(#1d4ed8,#a8c1ff));--t:var(--flywheel-accent-text,light-dark(#fff,#0b1530));
--b:var(--flywheel-border,color-mix(in srgb,currentColor 55%,transparent))}
[hidden]{display:none!important}
div{display:flex;flex-wrap:wrap;align-items:center;gap:var(--flywheel-gap,.5rem)}
button,textarea{font:inherit;color:inherit;background:var(--flywheel-background,transparent);
border:1px solid var(--b);border-radius:var(--flywheel-radius,.5rem)}
button{display:inline-flex;align-items:center;justify-content:center;gap:.4em;
min-block-size:2.25rem;min-inline-size:2.25rem;padding:.25rem .6rem;cursor:pointer}
button:hover{border-color:var(--a)}
button:disabled{opacity:.5;cursor:default}
.undo{border-color:transparent;text-decoration:underline;padding-inline:0}
[aria-expanded=true]{border-color:var(--a);color:var(--a)}
[aria-pressed=true],[type=submit]{background:var(--a);border-color:var(--a);color:var(--t)}
:focus-visible{outline:2px solid var(--a);outline-offset:2px}
svg{inline-size:1.15em;block-size:1.15em;flex:none;fill:none;stroke:currentColor;stroke-width:2;
stroke-linejoin:round;stroke-linecap:round}
.down svg{transform:scaleY(-1)}
form{display:grid;gap:.35rem;margin-block-start:.75rem;max-inline-size:44rem}
form div{margin-block-start:.4rem}
textarea{box-sizing:border-box;inline-size:100%;padding:.5rem;resize:vertical;field-sizing:content;max-block-size:50vh;min-block-size:3.5lh}
.error{color:var(--flywheel-error,light-dark(#b3261e,#ffb4ab))}
@media(pointer:coarse){button{min-block-size:2.75rem;min-inline-size:2.75rem}}
@media(prefers-reduced-motion:no-preference){button{transition:background-color .15s,border-color .15s}}
@media(forced-colors:active){[aria-pressed=true],[aria-expanded=true]{forced-color-adjust:none;
background:Highlight;color:HighlightText;border-color:Highlight}}`);

const THUMB = "M7 10v11H3V10zm0 0 4-8c1.7 0 3 1.3 3 3v4h5a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.8 20H7";
export const ICONS = {
  up: THUMB,
  down: THUMB,
  edit: "m4 20 1-4L16 5l3 3L8 19zM14 7l3 3",
  comment: "M4 5h16v11h-9l-4 4v-4H4z",
  retry: "M20 12a8 8 0 1 1-2.5-5.8M20 3v4h-4",
};

/** An element with attributes and children. Text only ever becomes a text node. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function icon(drawing) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", drawing);
  svg.append(path);
  return svg;
}
