// The chat of the local page.

import { button, drawBlock, element } from "/static/draw.js";

const log = document.getElementById("log");
const scroller = document.getElementById("scroller");
const input = document.getElementById("input");
const send = document.getElementById("send");
const waiting = document.getElementById("waiting");
const problem = document.getElementById("problem");

let texts = null;
let language = document.documentElement.lang;
let busy = false;
let failed = null;

// The language of the page

function showLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  const words = texts[chosen].page;
  document.title = `${words.title} · ${words.organisation}`;
  for (const each of document.querySelectorAll("[data-text]")) {
    each.textContent = words[each.dataset.text];
  }
  for (const each of document.querySelectorAll("[data-label]")) {
    each.setAttribute("aria-label", words[each.dataset.label]);
  }
  input.placeholder = words[input.dataset.placeholder];
  for (const each of document.querySelectorAll("[data-language]")) {
    each.setAttribute("aria-pressed", String(each.dataset.language === chosen));
  }
  showExamples();
  showProblem();
}

function showExamples() {
  const items = texts[language].examples.map((example) => {
    const item = element("li");
    item.append(button(example, () => ask({ text: example, label: example })));
    return item;
  });
  document.getElementById("examples").replaceChildren(...items);
}

// The turns

function turn(who, turnLanguage) {
  const made = element("article", `turn ${who}`);
  made.lang = turnLanguage;
  const name = who === "own" ? "you" : "desk";
  made.append(element("h2", "hidden", texts[turnLanguage].page[name]));
  return made;
}

function setTurnLanguage(made, spoken) {
  made.lang = spoken;
  made.firstChild.textContent = texts[spoken].page.you;
}

function ownTurn(text) {
  const made = turn("own", language);
  made.append(element("p", "", text));
  return made;
}

function deskTurn(reply) {
  const made = turn("desk", reply.language);
  const words = texts[reply.language].page;
  const sources = element("footer", "sources");
  for (const block of reply.blocks) {
    // However many answers a reply holds, where they stand comes last and together.
    const place = block.type === "source" ? sources : made;
    place.append(drawBlock(block, words, on));
  }
  if (sources.hasChildNodes()) made.append(sources);
  return made;
}

const on = {
  choice: ask,
  submit: fileForm,
  closed: (form) => form.closest(".turn").remove(),
};

function closeChoices(question) {
  for (const each of log.querySelectorAll(".choices button")) each.disabled = true;
  if (!question.pressed) return;
  question.pressed.classList.add("chosen");
  const words = texts[question.pressed.closest(".turn").lang].page;
  question.pressed.setAttribute("aria-label", `${question.label} (${words.chosen})`);
}

// Asking

/** Send a question, and draw what comes back; a question that fails can be sent again. */
async function ask(question) {
  if (busy || texts === null) return;
  setBusy(true);
  failed = null;
  showProblem();
  const own = ownTurn(question.label);
  log.append(own);
  own.scrollIntoView({ block: "start" });
  question.id ??= crypto.randomUUID();
  const result = await post("/api/messages", { text: question.text, id: question.id });
  setBusy(false);
  if (result.reply) {
    closeChoices(question);
    setTurnLanguage(own, result.reply.language);
    // A sensitive number does not stay on the screen either.
    if (result.reply.heard) own.lastChild.textContent = result.reply.heard;
    log.append(deskTurn(result.reply));
    own.scrollIntoView({ block: "start" });
    keepFocus();
  } else {
    own.remove();
    failed = { question, text: result.error };
    if (question.typed) write(question.text);
    showProblem();
  }
}

/** Send something to the desk; its reply, or an error in every language. */
export async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...body, language }),
    });
    const answer = await response.json();
    return response.ok ? { reply: answer } : { error: answer.text };
  } catch {
    return { error: { nl: texts.nl.errors.network, en: texts.en.errors.network } };
  }
}

// The request form, and what arrives by itself

async function openForm() {
  await fileForm({ action: "request_form", id: crypto.randomUUID() }, {});
}

/** Send a form in; a retry carries the same id, so that nothing is filed twice. */
async function fileForm(block, values) {
  block.id ??= crypto.randomUUID();
  const result = await post("/api/requests", { name: block.action, values, id: block.id });
  failed = result.error ? { question: {}, text: result.error } : null;
  showProblem();
  if (!result.reply) return;
  for (const form of log.querySelectorAll("form")) form.closest(".turn").remove();
  const made = deskTurn(result.reply);
  log.append(made);
  made.scrollIntoView({ block: "start" });
  made.querySelector("input, textarea")?.focus({ preventScroll: true });
}

/** Show a notice of the privacy team, once however often it is sent. */
export function showNotice(id, reply) {
  if (log.querySelector(`[data-notice="${id}"]`)) return;
  const made = deskTurn(reply);
  made.dataset.notice = id;
  made.classList.add("arrived");
  made.firstChild.textContent = texts[reply.language].page.team;
  log.append(made);
  made.scrollIntoView({ block: "start" });
}

/** Return the texts of the page in the language that it is shown in. */
export function words() {
  return texts[language].page;
}

function setBusy(now) {
  busy = now;
  input.readOnly = now;
  send.setAttribute("aria-disabled", String(now));
  clearTimeout(setBusy.timer);
  waiting.textContent = "";
  // Most answers come at once; a line that flashes by helps nobody.
  if (now) setBusy.timer = setTimeout(showWaiting, 400);
}

function showWaiting() {
  waiting.textContent = texts[language].page.waiting;
  waiting.scrollIntoView({ block: "end" });
}

function showProblem() {
  problem.hidden = failed === null;
  document.getElementById("problem-text").textContent = failed ? failed.text[language] : "";
}

/** Give the focus a place once the button that had it is disabled or hidden. */
function keepFocus() {
  const lost = document.activeElement === document.body || document.activeElement.disabled;
  // On a touch screen the focus would open the keyboard over the answer.
  if (lost && matchMedia("(pointer: fine)").matches) input.focus({ preventScroll: true });
}

// The input

function write(text) {
  input.value = text;
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight}px`;
}

function submit() {
  const text = input.value.trim();
  if (!text || busy || texts === null) return;
  write("");
  ask({ text, label: text, typed: true });
}

function retry() {
  if (failed === null) return;
  const { question } = failed;
  // A typed question is back in the input, where it may have been changed since.
  if (question.typed) submit();
  else ask(question);
  input.focus({ preventScroll: true });
}

function listen() {
  document.getElementById("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  input.addEventListener("input", () => write(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  document.getElementById("retry").addEventListener("click", retry);
  document.getElementById("make-request").addEventListener("click", openForm);
  document.getElementById("my-requests").addEventListener("click", (event) =>
    ask({ text: "/status", label: event.target.textContent }),
  );
  for (const each of document.querySelectorAll("[data-language]")) {
    each.addEventListener("click", () => showLanguage(each.dataset.language));
  }
}

async function start() {
  try {
    texts = await (await fetch("/api/texts")).json();
    showLanguage(language);
    listen();
    return texts[language].has_desk;
  } catch {
    document.getElementById("not-loaded").hidden = false;
    return false;
  }
}

/** Whether this page has a staff desk, once its texts are there. */
export const started = start();
