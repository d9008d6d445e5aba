// Blocks of a reply as elements. Everything is inserted with textContent, never as markup.

/** Return a new element with a class and a text. */
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** Return a button that does something. */
export function button(label, action) {
  const made = element("button", "", label);
  made.type = "button";
  made.addEventListener("click", action);
  return made;
}

/** Return the element of one block; `words` are the page's texts, `on` what buttons do. */
export function drawBlock(block, words, on) {
  return drawn[block.type](block, words, on);
}

const drawn = {
  text: (block) => element("p", "text", block.text),
  source: (block) => element("p", "", block.text),
  notice: drawNotice,
  facts: drawFacts,
  choices: drawChoices,
  card: drawCard,
  form: drawForm,
};

function drawNotice(block, words) {
  const made = element("div", `notice ${block.tone}`);
  made.setAttribute("role", "note");
  made.append(element("p", "notice-name", words[block.tone]), element("p", "text", block.text));
  return made;
}

function drawFacts(block) {
  const made = element("dl", "facts");
  for (const [label, value] of block.rows) {
    const row = element("div");
    row.append(element("dt", "", label), element("dd", "", value));
    made.append(row);
  }
  return made;
}

function drawChoices(block, words, on) {
  const made = element("div", "choices");
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", words.choices);
  for (const { label, value } of block.choices) {
    const pressed = button(label, () => on.choice({ text: value, label, pressed }));
    made.append(pressed);
  }
  return made;
}

function drawCard(block, words, on) {
  const made = element("article", `card ${block.tone}`);
  made.dataset.ticket = block.ticket;
  const title = element("h3", "card-title", block.title);
  made.append(title);
  // The mark is a word beside the colour, so that it can be read without it.
  if (block.mark) title.append(" ", element("span", "mark-word", block.mark));
  made.append(drawFacts(block));
  if (on.details) made.append(button(words.details, () => on.details(block.ticket)));
  return made;
}

function drawForm(block, words, on) {
  if (!block.opened) return drawFormButton(block, on);
  const made = element("form", "form");
  made.noValidate = true;
  made.append(element("h3", "", block.title || block.label));
  for (const field of block.fields) made.append(drawField(field, words));
  const sent = element("button", "primary", block.label);
  sent.type = "submit";
  const buttons = element("div", "form-buttons");
  buttons.append(sent, button(words.close_form, () => on.closed(made)));
  made.append(buttons);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    sent.disabled = true;
    on.submit(block, valuesOf(made, block.fields)).finally(() => (sent.disabled = false));
  });
  return made;
}

function drawFormButton(block, on) {
  const made = button(block.label, () => on.action(block));
  made.className = "action";
  return made;
}

let fieldCount = 0;

function drawField(field, words) {
  fieldCount += 1;
  const id = `field-${fieldCount}`;
  const made = element("div", `field ${field.kind}`);
  const note = field.required ? ` (${words.required})` : "";
  const input = inputs[field.kind](field, id, words);
  if (field.kind === "hidden") return input;
  const group = field.kind === "checks";
  const label = element(group ? "p" : "label", "field-label", `${field.label}${note}`);
  label.id = `${id}-label`;
  if (group) {
    input.setAttribute("role", "group");
    input.setAttribute("aria-labelledby", label.id);
  } else label.htmlFor = id;
  made.append(label, input);
  if (field.problem) {
    const problem = element("p", "field-problem", field.problem);
    problem.id = `${id}-problem`;
    input.setAttribute("aria-describedby", problem.id);
    input.setAttribute("aria-invalid", "true");
    made.append(problem);
  }
  return made;
}

const inputs = {
  text: (field, id) => plainInput("textarea", field, id),
  line: (field, id) => plainInput("input", field, id, "text"),
  date: (field, id) => plainInput("input", field, id, "date"),
  hidden: (field, id) => plainInput("input", field, id, "hidden"),
  flag: (field, id) => {
    const made = plainInput("input", field, id, "checkbox");
    made.value = "yes";
    made.checked = field.value === "yes";
    return made;
  },
  choice: (field, id, words) => {
    const made = plainInput("select", field, id);
    made.append(new Option(words.choose, ""));
    for (const [value, label] of field.choices) made.append(new Option(label, value));
    made.value = field.value;
    return made;
  },
  checks: (field, id) => {
    const made = element("div", "check-list");
    const chosen = field.value.split(",");
    for (const [value, label] of field.choices) {
      const box = plainInput("input", field, `${id}-${value}`, "checkbox");
      box.value = value;
      box.checked = chosen.includes(value);
      const each = element("label", "check");
      each.append(box, label);
      made.append(each);
    }
    return made;
  },
};

function plainInput(name, field, id, type = "") {
  const made = element(name);
  if (type) made.type = type;
  made.id = id;
  made.name = field.name;
  if (name !== "select") made.value = field.value;
  if (name === "textarea") made.rows = 3;
  return made;
}

function valuesOf(form, fields) {
  const data = new FormData(form);
  return Object.fromEntries(fields.map(({ name }) => [name, data.getAll(name).join(",")]));
}
