// The inputs of a row's value, one kind for each kind of attribute and shape of comparison. Each tells `row.value` at once.

import { shapeOf } from "./tree.js";

// Fill `place` with what asks for the value of `row`; `changed` hears of each change.
export function askValue(place, row, context, changed) {
  const term = context.grammar.terms[row.attr];
  const { words } = context.grammar;
  const tell = (value) => { row.value = value; changed(); };
  const one = (value, label, hear) => single(term, value, label, context, hear);
  place.replaceChildren(...{
    nothing: () => [],
    one: () => (term.kind === "date" ? moment(row, context, tell) : [one(row.value, words.value, tell)]),
    two: () => {
      const pair = row.value ?? [null, null];
      const hear = (index) => (value) => { pair[index] = value; tell(pair.every((each) => each === null) ? null : [...pair]); };
      return [one(pair[0], words.lowest, hear(0)), text("span", "criteria__dash", "–"), one(pair[1], words.highest, hear(1))];
    },
    period: () => period(row, context, tell),
    list: () => (term.choices.length ? toggles(row, term, words, tell) : chips(row, term, context, tell)),
  }[shapeOf(row.op)]());
}

// What a comparison begins with.
export const blank = (op) => (shapeOf(op) === "period" ? { last: 30, unit: "day" } : null);

// Carry a value over to another operator of the same attribute, as far as it fits there.
export function carried(value, from, to) {
  const [before, after] = [shapeOf(from), shapeOf(to)];
  if (before === after) return value;
  if (before === "one" && after === "list" && value !== null && typeof value !== "object") return [value];
  return before === "list" && after === "one" ? value?.[0] ?? null : blank(to);
}

function text(name, className, content) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = content;
  return made;
}

function input(type, value, label, extra = {}) {
  const made = Object.assign(document.createElement("input"), { type, className: "input", value: value ?? "", ...extra });
  made.setAttribute("aria-label", label);
  return made;
}

function select(options, value, label, hear) {
  const made = document.createElement("select");
  made.className = "input input--select";
  made.setAttribute("aria-label", label);
  made.append(...options.map(([key, words]) => new Option(words, key, false, key === value)));
  made.addEventListener("change", () => hear(made.value));
  return made;
}

function single(term, value, label, context, hear) {
  const { words } = context.grammar;
  if (term.kind === "flag" || term.choices.length) {
    const flags = [["true", words.yes], ["false", words.no]];
    const options = [["", "…"], ...(term.kind === "flag" ? flags : term.choices)];
    const read = (key) => (key === "" ? null : term.kind === "flag" ? key === "true" : key);
    return select(options, value === null ? "" : String(value), label, (key) => hear(read(key)));
  }
  if (term.kind === "number" || term.kind === "amount") return number(term, value, label, context, hear);
  const type = { date: "date", time: "time" }[term.kind] ?? "text";
  const made = input(type, value, label, { maxLength: 200, autocomplete: "off" });
  if (value === "") made.placeholder = "—"; // known to be none, which an emptied box does not say
  if (type === "text") suggest(made, term, context);
  made.addEventListener("input", () => hear(made.value.trim() || null));
  return made;
}

// Money is written in major units and kept in minor ones.
function number(term, value, label, { money }, hear) {
  const scale = term.kind === "amount" ? 10 ** money.digits : 1;
  const shown = value === null || scale === 1 ? value : (value / scale).toFixed(money.digits);
  const made = input("number", shown, label, { step: 1 / scale, inputMode: scale > 1 ? "decimal" : "numeric" });
  made.addEventListener("input", () => {
    hear(made.value !== "" && made.validity.valid ? Math.round(made.valueAsNumber * scale) : null);
  });
  if (term.kind !== "amount" || !money.currency) return made;
  const group = text("span", "input-group", "");
  group.append(made, text("span", "input-group__mark", money.currency));
  return group;
}

function suggest(made, term, { island }) {
  if (!term.known.length) return;
  const id = `${island}-${term.name}`;
  if (!document.getElementById(id)) {
    const list = Object.assign(document.createElement("datalist"), { id });
    list.append(...term.known.map(([value, label]) => new Option(label === value ? "" : label, value)));
    document.body.append(list);
  }
  made.setAttribute("list", id);
}

const counted = (words, unit) => words.units[unit][1].replace("%d", "").trim();

// A day, or so many units before today.
function moment(row, context, tell) {
  const { words } = context.grammar;
  const relative = row.value !== null && typeof row.value === "object";
  const plain = Object.keys(words.units).filter((unit) => !unit.startsWith("calendar_") || unit === row.value?.unit);
  const modes = [["", words.on], ...plain.map((unit) => [unit, words.ago.replace("%s", counted(words, unit))])];
  const again = (unit) => {
    row.value = unit ? { ago: row.value?.ago ?? 1, unit } : null;
    tell(row.value);
    askValue(place(), row, context, () => tell(row.value));
    place().querySelector("select").focus();
  };
  const mode = select(modes, relative ? row.value.unit : "", words.unit, again);
  const place = () => mode.parentElement;
  const hear = (count) => tell({ ago: count, unit: row.value.unit });
  const box = relative ? whole(row.value.ago, words.value, 0, hear) : input("date", row.value, words.value);
  if (!relative) box.addEventListener("input", () => tell(box.value || null));
  return relative ? [box, mode] : [mode, box];
}

function period(row, { grammar: { words } }, tell) {
  const said = { way: row.value.last ? "last" : "next", count: row.value.last ?? row.value.next, unit: row.value.unit };
  const hear = (key) => (value) => {
    said[key] = value;
    tell({ [said.way]: said.count, unit: said.unit });
  };
  const ways = ["last", "next"].map((way) => [way, words[way].replace("%s", "").trim()]);
  const units = Object.keys(words.units).map((unit) => [unit, counted(words, unit)]);
  return [
    select(ways, said.way, words.way, hear("way")),
    whole(said.count, words.value, 1, hear("count")),
    select(units, said.unit, words.unit, hear("unit")),
  ];
}

function whole(value, label, min, hear) {
  const made = input("number", value, label, { min, max: 10000, step: 1, inputMode: "numeric" });
  made.classList.add("criteria__count");
  made.addEventListener("input", () => { if (made.value !== "" && made.validity.valid) hear(made.valueAsNumber); });
  return made;
}

function toggles(row, term, words, tell) {
  const box = text("div", "criteria__toggles", "");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", words.value);
  box.append(...term.choices.map(([key, label]) => {
    const made = Object.assign(text("button", "criteria__toggle", label), { type: "button" });
    made.setAttribute("aria-pressed", String((row.value ?? []).includes(key)));
    made.addEventListener("click", () => {
      const isChosen = made.getAttribute("aria-pressed") !== "true";
      made.setAttribute("aria-pressed", String(isChosen));
      tell(term.choices.map(([each]) => each).filter((each) => (each === key ? isChosen : (row.value ?? []).includes(each))));
    });
    return made;
  }));
  return [box];
}

// Several texts: Enter, a comma or leaving the box adds one, Backspace in an empty box takes the last one away.
function chips(row, term, context, tell) {
  const { words } = context.grammar;
  const box = text("div", "input criteria__chips", "");
  const entry = input("text", "", words.add, { maxLength: 200, autocomplete: "off", placeholder: words.add });
  suggest(entry, term, context);
  const draw = () => {
    for (const each of box.querySelectorAll(".chip")) each.remove(); // the entry stays, and with it the focus
    entry.before(...(row.value ?? []).map(chip));
    entry.placeholder = row.value?.length ? "" : words.add;
  };
  const put = (values) => { tell(values); draw(); };
  const chip = (value) => {
    const made = document.getElementById(`${context.island}-chip`).content.firstElementChild.cloneNode(true);
    made.firstElementChild.textContent = term.known.find(([known]) => known === value)?.[1] ?? value;
    const remove = made.querySelector("button");
    remove.setAttribute("aria-label", words.remove.replace("%s", made.textContent.trim()));
    remove.addEventListener("click", () => { put(row.value.filter((each) => each !== value)); entry.focus(); });
    return made;
  };
  const take = () => {
    const fresh = entry.value.split(/[,，;；\n]/).map((each) => each.trim()).filter(Boolean);
    entry.value = "";
    if (fresh.length) put([...new Set([...(row.value ?? []), ...fresh])]);
  };
  entry.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && entry.value === "" && row.value?.length) put(row.value.slice(0, -1));
  });
  entry.addEventListener("input", (event) => {
    const isPicked = event.inputType === "insertReplacementText" || !event.inputType; // out of the list of suggestions
    if (isPicked || (/[,，;；]$/.test(entry.value) && !event.isComposing)) take();
  });
  entry.addEventListener("change", take);
  box.addEventListener("click", (event) => { if (event.target === box) entry.focus(); });
  box.append(entry);
  draw();
  return [box];
}
