// Between the JSON of a condition and its rows, both ways, and the sentence that the condition is (as `aloud` says it).

export const isGroup = (part) => "join" in part;
const LISTS = ["in", "not_in", "has_any", "has_all", "has_none"];
const NOTHING = ["is_known", "is_unknown"];
const NUMBERS = ["number", "amount"];

// What an operator compares with: nothing, one value, two, a list, or a period.
export function shapeOf(op) {
  if (NOTHING.includes(op)) return "nothing";
  if (LISTS.includes(op)) return "list";
  return { between: "two", during: "period" }[op] ?? "one";
}

// A condition as rows: groups {join, parts} of rows {attr, op, value}; raises what rows cannot show.
export function rowsOf(tree, grammar) {
  const found = understood(tree, grammar);
  return isGroup(found) ? found : { join: "all", parts: [found] };
}

function understood(node, grammar) {
  const keys = Object.keys(node ?? {});
  if (keys.length === 1 && Array.isArray(node.all ?? node.any)) {
    const [join] = keys;
    if (!node[join].length) throw new Error("an empty group");
    return { join, parts: node[join].map((part) => understood(part, grammar)) };
  }
  if (keys.length === 1 && keys[0] === "not") {
    const part = understood(node.not, grammar);
    return { join: "none", parts: part.join === "any" ? part.parts : [part] };
  }
  const term = grammar.terms[node?.attr];
  const isKnown = term && node.op in grammar.words.operators[term.kind] && keys.every((key) => ["attr", "op", "value"].includes(key));
  if (!isKnown || !fits(node.value ?? null, term, node.op)) throw new Error("another shape");
  return { attr: node.attr, op: node.op, value: node.value ?? null };
}

function fits(value, term, op) {
  if (value === null) return shapeOf(op) !== "period"; // not said yet: its row asks for it
  const one = (each) => (NUMBERS.includes(term.kind) ? Number.isInteger(each)
    : term.kind === "flag" ? typeof each === "boolean"
    : typeof each === "string" && (!term.choices.length || term.choices.some(([key]) => key === each)));
  switch (shapeOf(op)) {
    case "nothing": return false;
    case "list": return Array.isArray(value) && value.every(one);
    case "two": return Array.isArray(value) && value.length === 2 && value.every((each) => each === null || one(each));
    case "period": return "unit" in value && ("last" in value || "next" in value);
    default: return one(value) || (term.kind === "date" && typeof value === "object" && "ago" in value);
  }
}

// The JSON of rows; null for a root without any.
export function treeOf(root) {
  if (!root.parts.length) return null;
  return root.join === "all" && root.parts.length === 1 && !isGroup(root.parts[0]) ? written(root.parts[0]) : written(root);
}

function written(part) {
  if (!isGroup(part)) {
    const { attr, op, value } = part;
    if (shapeOf(op) === "nothing") return { attr, op };
    return { attr, op, value: Array.isArray(value) && value.includes(null) ? null : value };
  }
  const parts = part.parts.map(written);
  if (part.join !== "none") return { [part.join]: parts };
  return { not: parts.length === 1 ? parts[0] : { any: parts } };
}

export function say(tree, grammar, money) {
  return sentence(tree, { ...grammar, money }, true);
}

const fill = (pattern, ...values) => values.reduce((text, value) => text.replace(/%(\(\w+\))?[sd]/, () => value), pattern);

function sentence(node, grammar, isOutermost = false) {
  const { words } = grammar;
  if (node.not) return fill(words.not, fill(words.brackets, sentence(node.not, grammar, true)));
  const parts = node.all ?? node.any;
  if (!parts) return asked(node, grammar);
  if (!parts.length) return node.all ? words.always : words.never;
  const said = parts.map((part) => sentence(part, grammar)).join(node.all ? words.and : words.or);
  return isOutermost || parts.length === 1 ? said : fill(words.brackets, said);
}

function asked({ attr, op, value }, grammar) {
  const { terms, words } = grammar;
  const term = terms[attr];
  if (term.kind === "flag" && op === "eq") return fill(value === null ? "%s …" : value ? words.is_yes : words.is_no, term.label);
  const pattern = words.sentences[term.kind][op];
  if (op === "between") return fill(pattern, term.label, ...(value ?? [null, null]).map((each) => said(each, term, grammar)));
  return fill(pattern, term.label, said(value ?? null, term, grammar));
}

function said(value, term, grammar) {
  const { words, money } = grammar;
  if (value === null) return "…";
  if (Array.isArray(value)) {
    const more = value.length > 10 ? [fill(words.more, value.length - 10)] : [];
    return [...value.slice(0, 10).map((each) => said(each, term, grammar)), ...more].join(words.comma);
  }
  if (typeof value === "object") {
    const count = value.last ?? value.next ?? value.ago;
    const units = fill(words.units[value.unit][count === 1 ? 0 : 1], count);
    return fill("ago" in value ? words.ago : value.last ? words.last : words.next, units);
  }
  if (term.kind === "amount" && money.currency) return `${(value / 10 ** money.digits).toFixed(money.digits)} ${money.currency}`;
  return term.choices.find(([key]) => key === value)?.[1] ?? String(value);
}
