// SPDX-License-Identifier: Apache-2.0
// <flywheel-feedback>: sends what a reader says about an agent's answer to Flywheel. README.md is the reference.

import { ICONS, icon, make, sheet } from "./drawing.js";
import { cancel, enqueue, start } from "./queue.js";
import { STRINGS } from "./strings.js";
import { forgetOldVotes, keepVotes, settleVote, votesOn } from "./votes.js";

const NAME = "flywheel-feedback";
const REFUSALS = { 0: "expired", 401: "expired", 403: "expired", 404: "gone", 410: "gone", 413: "long" };
const elements = new Map(); // every connected element, and what it does when its feedback is settled

/** A new id. Browsers offer `randomUUID` only to pages served over TLS. */
const newId = () =>
  crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join("-");

/** A text that the API can store: NUL or half of a surrogate pair costs one character, not the words around it. */
const sendable = (text) => text?.replace(/[\0\ud800-\udfff]/gu, "?") || undefined;

class FlywheelFeedback extends HTMLElement {
  static observedAttributes = ["interaction", "token", "lang", "controls"];
  static strings = STRINGS;

  #ui = {};
  #said = {}; // the correction and comment that were sent with the current vote; kept in memory only
  #sending = ""; // the id under which the form was sent
  #original = ""; // the text that the correction began with
  #copied = ""; // the interaction whose copying was reported
  #onCopy = (event) => this.#copy(event);
  #root;

  get interaction() {
    return this.getAttribute("interaction") ?? "";
  }

  get #standing() {
    return votesOn(this.interaction).at(-1);
  }

  connectedCallback() {
    if (!this.shadowRoot) this.#build();
    elements.set(this, (...how) => this.#settled(...how));
    this.#root = this.getRootNode();
    this.#root.addEventListener("copy", this.#onCopy);
    this.refresh();
  }

  disconnectedCallback() {
    elements.delete(this);
    this.#root.removeEventListener("copy", this.#onCopy);
  }

  attributeChangedCallback(name, before, now) {
    if (!this.shadowRoot || before === now) return;
    if (name === "interaction") {
      this.#said = {};
      this.#ui.correction.value = this.#original = this.#ui.remark.value = "";
      this.#say("");
      this.#close();
    }
    this.refresh();
  }

  /** Send a signal about the answer; the id under which it goes. `correction` and `comment` are optional texts. */
  send(signal, { correction, comment } = {}) {
    const { interaction } = this;
    const id = newId();
    const texts = { correction: sendable(correction), comment: sendable(comment) };
    const body = JSON.stringify({ id, interaction, signal, ...texts, occurred_at: new Date().toISOString() });
    if (/^(thumbs|edit)/.test(signal)) {
      this.#said = texts;
      keepVotes(interaction, [...votesOn(interaction), { id, signal, edited: !!correction }]);
      this.#say("");
      this.refresh();
    }
    enqueue({ ...this.#item("POST", id, signal), body });
    return id;
  }

  /** Withdraw every vote and correction on this answer. */
  takeBack() {
    const { interaction } = this;
    const votes = votesOn(interaction);
    const focused = this.shadowRoot.activeElement === this.#ui.undo;
    this.#said = {};
    keepVotes(interaction, []);
    this.#say("");
    for (const was of votes) {
      if (cancel(was.id)) this.#say("withdrawn");
      else enqueue({ ...this.#item("DELETE", was.id, "take_back"), was });
    }
    this.refresh();
    if (focused) this.#ui.up.focus();
  }

  /** Bring labels and buttons up to date, after `strings` or a `text-…` attribute has changed. */
  refresh() {
    const ui = this.#ui;
    const shown = this.getAttribute("controls")?.split(/\s+/);
    const standing = this.#standing;
    for (const name of ["up", "down", "edit", "comment", "retry", "undo", "send", "cancel"]) {
      const button = ui[name];
      const [text] = button.getElementsByTagName("span");
      if (text) text.textContent = this.#text(name);
      else button.ariaLabel = button.title = this.#text(name);
      button.disabled = !this.interaction || !this.hasAttribute("token");
      button.hidden = shown && name in ICONS && !shown.includes(name === "up" || name === "down" ? "thumbs" : name);
    }
    ui.row.ariaLabel = this.#text("group");
    ui.correctionLabel.textContent = this.#text("correction");
    ui.remarkLabel.textContent = this.#text(ui.correction.hidden ? "comment" : "remark");
    ui.up.ariaPressed = standing?.signal === "thumbs_up";
    ui.down.ariaPressed = standing?.signal === "thumbs_down";
    ui.comment.hidden ||= !this.#mayRemark;
    ui.undo.hidden = !standing;
  }

  /** A comment goes with a vote; one whose correction this page no longer knows must not be sent without it. */
  get #mayRemark() {
    return this.#standing && (!this.#standing.edited || this.#said.correction);
  }

  #text(name) {
    const language = this.closest("[lang]")?.lang.split("-")[0].toLowerCase();
    return this.getAttribute(`text-${name}`) ?? this.strings?.[name] ?? STRINGS[language]?.[name] ?? STRINGS.en[name];
  }

  #item(method, id, signal) {
    const base = (this.getAttribute("endpoint") ?? "").replace(/\/+$/, "");
    const endpoint = new URL(`${base}/api/v1/feedback`, document.baseURI).href;
    return { method, id, signal, endpoint, interaction: this.interaction, token: this.getAttribute("token") };
  }

  #answer() {
    const selector = this.getAttribute("answer-for");
    return selector && this.getRootNode().querySelector(selector);
  }

  #build() {
    const ui = this.#ui;
    const button = (name, act, attributes = {}) => {
      ui[name] = make("button", { type: "button", part: `button ${name}`, class: name, ...attributes });
      if (ICONS[name]) ui[name].append(icon(ICONS[name]));
      if (name !== "up" && name !== "down") ui[name].append(make("span"));
      if (act) ui[name].addEventListener("click", act);
      return ui[name];
    };
    const field = (name, rows, maxlength) => {
      ui[`${name}Label`] = make("label", { for: name, part: "label" });
      ui[name] = make("textarea", { id: name, part: "textarea", rows, maxlength });
      return [ui[`${name}Label`], ui[name]];
    };
    const opens = { "aria-expanded": "false", "aria-controls": "form" };
    ui.status = make("span", { role: "status", part: "status" });
    ui.row = make(
      "div",
      { role: "group", part: "row", class: "row" },
      button("up", () => this.#vote("thumbs_up")),
      button("down", () => this.#vote("thumbs_down")),
      button("edit", () => this.#toggle("edit"), opens),
      button("comment", () => this.#toggle("comment"), opens),
      button("retry", () => this.#retry()),
      make("div", {}, ui.status, button("undo", () => this.takeBack())),
    );
    ui.form = make(
      "form",
      { id: "form", part: "form", hidden: "" },
      ...field("correction", 4, 200000),
      ...field("remark", 2, 20000),
      make("div", {}, button("send", null, { type: "submit" }), button("cancel", () => this.#close())),
    );
    ui.form.addEventListener("submit", (event) => this.#submit(event));
    ui.form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) ui.form.requestSubmit();
    });
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(ui.row, ui.form);
  }

  #say(name, failed = false) {
    this.#ui.status.textContent = name && this.#text(name);
    this.#ui.status.className = failed ? "error" : "";
  }

  #vote(signal) {
    if (this.#standing?.signal === signal) this.takeBack();
    else this.send(signal, signal === "thumbs_down" ? { correction: this.#said.correction } : {});
  }

  #retry() {
    const id = this.send("retry");
    const detail = { id, interaction: this.interaction };
    this.dispatchEvent(new CustomEvent("flywheel-retry", { bubbles: true, composed: true, detail }));
  }

  #copy(event) {
    if (!this.hasAttribute("track-copy") || this.#copied === this.interaction || !this.hasAttribute("token")) return;
    if (!this.#answer()?.contains(event.composedPath()[0])) return;
    this.#copied = this.interaction;
    this.send("copy");
  }

  #toggle(name) {
    const ui = this.#ui;
    if (ui[name].ariaExpanded === "true") return this.#close();
    const editing = name === "edit";
    if (ui.correction.value === this.#original) {
      // Keep what the reader has started to write; if the answer changed meanwhile, start from the new one.
      const given = this.answer ?? this.getAttribute("answer") ?? this.#answer()?.innerText ?? "";
      ui.correction.value = this.#said.correction ?? given;
      this.#original = ui.correction.value;
    }
    ui.form.hidden = false;
    ui.correction.hidden = ui.correctionLabel.hidden = !editing;
    ui.edit.ariaExpanded = editing;
    ui.comment.ariaExpanded = !editing;
    this.refresh();
    ui[editing ? "correction" : "remark"].focus();
  }

  #close() {
    const { form, edit, comment } = this.#ui;
    const opener = comment.ariaExpanded === "true" && !comment.hidden ? comment : edit;
    const inside = form.contains(this.shadowRoot.activeElement);
    form.hidden = true;
    edit.ariaExpanded = comment.ariaExpanded = false;
    if (inside) opener.focus();
  }

  #submit(event) {
    event.preventDefault();
    if (this.#sending) return;
    const { correction, remark } = this.#ui;
    const [text, comment] = [correction, remark].map(({ value }) => value.toWellFormed?.() ?? value);
    const edited = !correction.hidden && text.trim() && text !== this.#original;
    if (!edited && !(this.#mayRemark && comment.trim())) {
      this.#say(correction.hidden ? "empty" : "unchanged", true);
      (correction.hidden ? remark : correction).focus();
      return;
    }
    const signal = this.#standing?.signal;
    const kind = edited && signal !== "thumbs_down" ? "edit" : signal;
    this.#sending = this.send(kind, { correction: edited ? text : this.#said.correction, comment: comment.trim() });
  }

  #settled(outcome, { id, signal }, status) {
    const ours = id === this.#sending;
    if (outcome === "error" || outcome === "unkept") this.#said = {};
    if (ours) this.#sending = "";
    if (ours && outcome !== "error") {
      this.#ui.correction.value = this.#original = this.#ui.remark.value = "";
      this.#close();
    }
    this.refresh();
    if (signal === "retry" || signal === "copy") return;
    const names = { error: REFUSALS[status] ?? "refused", sent: signal === "take_back" ? "withdrawn" : "sent" };
    this.#say(names[outcome] ?? outcome, outcome === "error");
  }
}

/** Tell the elements concerned, and the page: only ids, never what was written. */
function settle(outcome, item, status) {
  const { id, interaction, signal } = item;
  settleVote(outcome, item);
  const concerned = [...elements.keys()].filter((element) => element.interaction === interaction);
  for (const element of concerned) elements.get(element)(outcome, item, status);
  const detail = { id, interaction, signal, status, stored: outcome === "sent" };
  const event = { bubbles: true, composed: true, detail };
  (concerned[0] ?? document).dispatchEvent(new CustomEvent(`flywheel-${outcome === "unkept" ? "sent" : outcome}`, event));
}

if (!customElements.get(NAME)) {
  customElements.define(NAME, FlywheelFeedback);
  forgetOldVotes();
  start(settle, (interaction) => {
    return [...elements.keys()].find((element) => element.interaction === interaction)?.getAttribute("token");
  });
}

export { FlywheelFeedback };
