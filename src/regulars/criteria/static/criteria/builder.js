// Rows in which a condition is written: drawn from the text of its field, which stays what is posted. Text and rows follow
// each other; a condition that rows cannot show stays text, with a sentence why.

import { isGroup, rowsOf, say, treeOf } from "./tree.js";
import { askValue, blank, carried } from "./values.js";

function build(field) {
  const area = field.querySelector("textarea");
  const find = (name) => field.querySelector(`.criteria__${name}`);
  const island = field.dataset.criteria;
  const grammar = JSON.parse(document.getElementById(island).textContent);
  const money = { currency: area.dataset.currency, digits: Number(area.dataset.digits) };
  const context = { island, name: area.id, grammar, money, faults: JSON.parse(area.dataset.faults ?? "[]"), rows: 0 };
  context.changed = () => {
    const tree = treeOf(context.root);
    area.value = tree ? JSON.stringify(tree, null, 1) : "";
    tell(tree);
    area.dispatchEvent(new Event("change", { bubbles: true })); // a click on a button changes what is posted, too
  };
  context.drawn = (chosen) => {
    context.changed();
    draw();
    chosen();
  };

  const tell = (tree) => {
    find("said").hidden = !tree;
    find("said").textContent = tree ? say(tree, grammar, money) : "";
  };
  const draw = () => {
    context.rows = 0;
    find("rows").replaceChildren(groupOf(context.root, null, context, 1));
  };
  const read = () => {
    let tree = null;
    let why = "";
    try {
      tree = area.value.trim() ? JSON.parse(area.value) : null;
      context.root = tree ? rowsOf(tree, grammar) : { join: "all", parts: [] };
    } catch (error) {
      why = error instanceof SyntaxError ? grammar.words.broken : grammar.words.foreign;
    }
    find("why").hidden = !why;
    find("why").textContent = why;
    find("rows").hidden = Boolean(why);
    if (why) return void (find("said").hidden = true);
    draw();
    tell(tree);
  };

  read();
  find("text").open = find("rows").hidden;
  field.dataset.ready = "";
  find("rows").setAttribute("role", "group");
  find("rows").setAttribute("aria-label", area.labels[0]?.firstChild.textContent.trim() ?? grammar.words.group);
  area.addEventListener("input", () => {
    context.faults = [];
    read();
  });
  addEventListener("pageshow", (event) => event.persisted || read()); // browsers put back what was typed before
}

const cloned = (context, name) => document.getElementById(`${context.island}-${name}`).content.firstElementChild.cloneNode(true);

function groupOf(group, parent, context, level) {
  const { words, levels } = context.grammar;
  const made = cloned(context, "group");
  const join = made.querySelector("[data-join]");
  const list = made.querySelector(".criteria__parts");
  made.setAttribute("aria-label", words.group);
  made.dataset.join = group.join;
  join.value = group.join;
  join.addEventListener("change", () => {
    group.join = join.value;
    context.drawn(() => focus(group, "[data-join]"));
  });
  group.element = made;
  made.querySelector(".criteria__head").hidden = !parent && group.parts.length < 2 && group.join === "all";
  list.hidden = !group.parts.length;
  list.append(...group.parts.map((part, index) => {
    const item = document.createElement("li");
    item.className = "criteria__part";
    if (index) item.append(Object.assign(document.createElement("span"), { className: "criteria__joint", textContent: joint(group, words) }));
    item.append(isGroup(part) ? groupOf(part, group, context, level + 1) : rowOf(part, group, context));
    return item;
  }));
  const add = (part) => {
    group.parts.push(part);
    context.drawn(() => focus(isGroup(part) ? part.parts[0] : part, "[data-attr]"));
  };
  deed(made, "row", () => add(freshRow(context)));
  deed(made, "group", () => add({ join: group.join === "any" ? "all" : "any", parts: [freshRow(context)] }));
  made.querySelector(":scope > .criteria__add [data-deed=group]").hidden = level >= levels;
  const remove = made.querySelector(".criteria__head [data-deed=remove]");
  remove.hidden = !parent;
  remove.addEventListener("click", () => take(group, parent, context));
  return made;
}

const joint = (group, words) => (group.join === "all" ? words.and : words.or).replaceAll(/[，,\s]/g, "");
const focus = (part, selector) => part.element.querySelector(selector).focus();

function deed(made, name, act) {
  made.querySelector(`:scope > .criteria__add [data-deed=${name}]`).addEventListener("click", act);
}

function freshRow({ grammar }) {
  const [attr] = Object.keys(grammar.terms);
  return { attr, op: usual(comparisons(attr, grammar)), value: null };
}

const comparisons = (attr, { terms, words }) => words.operators[terms[attr].kind];
const usual = (known) => ("ge" in known ? "ge" : Object.keys(known)[0]);

// Take a part away, and a group that has none left; the focus goes where one goes on.
function take(part, parent, context) {
  parent.parts.splice(parent.parts.indexOf(part), 1);
  const above = parent.parts.length ? null : parentOf(context.root, parent);
  if (above) return take(parent, above, context);
  context.drawn(() => focus(parent, ":scope > .criteria__add button"));
}

function parentOf(group, wanted) {
  for (const part of group.parts.filter(isGroup)) {
    const found = part === wanted ? group : parentOf(part, wanted);
    if (found) return found;
  }
  return null;
}

function rowOf(row, parent, context) {
  const { grammar } = context;
  const made = cloned(context, "row");
  const [attr, op, place] = ["[data-attr]", "[data-op]", ".criteria__value"].map((each) => made.querySelector(each));
  row.element = made;
  context.rows += 1;
  made.setAttribute("aria-label", grammar.words.row.replace("%d", context.rows));
  attr.value = row.attr;
  const options = Object.entries(comparisons(row.attr, grammar));
  op.append(...options.map(([each, words]) => new Option(words, each, false, each === row.op)));
  made.querySelector(".criteria__fault").id = `${context.name}-fault-${context.rows}`;
  const changed = () => {
    mark(made, place.querySelector(":invalid")?.validationMessage ?? "");
    context.changed();
  };
  askValue(place, row, context, changed);
  attr.addEventListener("change", () => {
    const known = comparisons(attr.value, grammar);
    Object.assign(row, { attr: attr.value, op: row.op in known ? row.op : usual(known) });
    row.value = blank(row.op);
    context.faults = [];
    context.drawn(() => focus(row, "[data-attr]"));
  });
  op.addEventListener("change", () => {
    Object.assign(row, { op: op.value, value: carried(row.value, row.op, op.value) });
    askValue(place, row, context, changed);
    changed();
  });
  made.querySelector("[data-deed=remove]").addEventListener("click", () => {
    context.faults = [];
    take(row, parent, context);
  });
  mark(made, context.faults.find((fault) => fault.row === context.rows)?.message ?? "");
  return made;
}

function mark(made, message) {
  const fault = made.querySelector(".criteria__fault");
  fault.hidden = !message;
  fault.querySelector("span").textContent = message;
  for (const input of made.querySelectorAll(".criteria__value :is(input, select)")) {
    for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", fault.id]]) {
      if (message) input.setAttribute(name, value);
      else input.removeAttribute(name);
    }
  }
}

function buildAll() {
  document.querySelectorAll("[data-criteria]:not([data-ready])").forEach(build);
}

buildAll();
document.addEventListener("htmx:load", buildAll); // for parts that come later
