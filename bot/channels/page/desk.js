// The staff desk beside the chat, and what arrives for either by itself.

import { button, drawBlock, element } from "/static/draw.js";
import { post, showNotice, started, words } from "/static/page.js";

const board = document.getElementById("board");
const arrivals = document.getElementById("arrivals");
const invitation = document.getElementById("invitation");
const problem = document.getElementById("staff-problem");
const MOST_ARRIVALS = 5;

const on = {
  details: (ticket) => act({ name: "details", ticket }),
  action: (form) =>
    form.fields.length
      ? act({ name: "form", ticket: form.ticket, values: { action: form.action } })
      : act({ name: form.action, ticket: form.ticket, version: form.version }),
  submit: (form, values) =>
    act({ name: form.action, ticket: form.ticket, values, version: form.version }),
  closed: (form) => {
    const ticket = form.closest("[data-shown]").dataset.shown;
    return ticket ? on.details(ticket) : showQueue();
  },
  choice: () => {},
};

let latest = 0;

/** Do something at the desk, and show what it replies, unless something newer was asked for. */
async function act(action) {
  latest += 1;
  const own = latest;
  const result = await post("/api/desk", action);
  if (own !== latest) return;
  problem.textContent = "";
  if (result.error) {
    problem.textContent = Object.values(result.error)[0];
    return;
  }
  show(result.reply);
}

function show(reply) {
  const refused = reply.kind === "error" && !reply.blocks.some(({ type }) => type === "form");
  if (refused) {
    problem.textContent = reply.text;
    return;
  }
  const made = element("div", "shown");
  made.lang = reply.language;
  made.dataset.shown = reply.ticket ?? "";
  const buttons = element("div", "actions");
  for (const block of reply.blocks) {
    const place = block.type === "form" && !block.opened ? buttons : made;
    const handlers = reply.ticket && block.type === "card" ? withoutDetails(reply) : on;
    place.append(drawBlock(block, words(), handlers));
  }
  if (buttons.hasChildNodes()) made.append(buttons);
  if (reply.ticket) made.prepend(button(`← ${words().queue}`, showQueue));
  board.replaceChildren(made);
  made.querySelector("form input, form textarea, form select")?.focus({ preventScroll: true });
}

/** On a ticket that is already shown in full, its card needs no way to the details. */
function withoutDetails(reply) {
  const full = reply.blocks.some(({ type }) => type === "facts");
  return full ? { ...on, details: null } : on;
}

function showQueue() {
  return act({ name: "queue" });
}

function staffNotice(id, reply) {
  if (arrivals.querySelector(`[data-notice="${id}"]`)) return;
  const made = element("div", "arrival");
  made.dataset.notice = id;
  made.lang = reply.language;
  for (const block of reply.blocks) made.append(drawBlock(block, words(), on));
  arrivals.prepend(made);
  while (arrivals.childElementCount > MOST_ARRIVALS) arrivals.lastChild.remove();
  const shown = board.firstChild?.dataset.shown;
  const typing = board.querySelector("form");
  if (!typing && !shown) showQueue();
  if (!typing && shown && shown === reply.ticket) on.details(shown);
}

async function invite() {
  const result = await post("/api/visitors", {});
  if (!result.reply) return;
  const address = element("a", "", result.reply.address);
  address.href = result.reply.address;
  address.target = "_blank";
  address.rel = "noopener";
  invitation.replaceChildren(words().visitor_at, " ", address);
}

function listen() {
  const events = new EventSource("/api/events");
  events.addEventListener("message", ({ data }) => {
    const { id, to, reply } = JSON.parse(data);
    if (to === "desk") staffNotice(id, reply);
    else showNotice(id, reply);
    post("/api/shown", { id });
  });
}

if (await started) {
  document.getElementById("staff").hidden = false;
  document.getElementById("doors").hidden = false;
  document.getElementById("queue").addEventListener("click", showQueue);
  document.getElementById("visitor").addEventListener("click", invite);
  listen();
  showQueue();
}
