// Draws the charts of a page from the specs it carries; loads the Vega bundle only where there is one to draw.
// Expressions are interpreted, not evaluated (`ast`), and no style is injected: the page's policy forbids both.

const { vega: bundle, settings: address } = document.querySelector("script[data-vega]").dataset;
const dark = matchMedia("(prefers-color-scheme: dark)");
let loading = null;

function vega() {
  loading ??= Promise.all([import(bundle), fetch(address).then((answer) => answer.json())]);
  return loading.then(([, settings]) => [window.vegaEmbed, settings]);
}

const isDark = () => {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme !== "light" && dark.matches);
};

const json = (id) => JSON.parse(document.getElementById(id).textContent);

async function draw(figure) {
  const [embed, settings] = await vega();
  const canvas = figure.querySelector(".chart__canvas");
  figure.drawing?.finalize();
  figure.drawing = await embed(canvas, json(figure.dataset.chart), {
    mode: "vega-lite",
    renderer: "svg",
    ast: true,
    actions: false,
    defaultStyle: false,
    config: isDark() ? settings.dark : settings.light,
    formatLocale: settings.formatLocale,
    timeFormatLocale: settings.timeFormatLocale,
    tooltip: { disableDefaultStyle: true, theme: "regulars" },
    loader: { load: () => Promise.reject(new Error("A chart brings its data along.")) },
  });
}

function start(scope) {
  const figures = [...scope.querySelectorAll("[data-chart]")];
  if (scope.matches?.("[data-chart]")) figures.push(scope);
  for (const figure of figures) if (!figure.drawing) draw(figure);
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
document.addEventListener("theme:changed", () => document.querySelectorAll("[data-chart]").forEach(draw));

document.addEventListener("click", (event) => {
  const figure = event.target.closest("[data-chart]");
  const toggle = event.target.closest("[data-chart-table]");
  if (toggle) {
    const asTable = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", String(asTable));
    figure.querySelector(".chart__table").hidden = !asTable;
    figure.querySelector(".chart__canvas").hidden = asTable;
    if (!asTable) figure.drawing?.view.resize().run();
  }
  if (event.target.closest("[data-chart-csv]")) save(figure);
});

// A cell that begins like a formula gets an apostrophe, so that no spreadsheet runs it; a plain number stays a number.
function cell(text) {
  const value = text.trim();
  const safe = /^[=+\-−@\t\r＝＋－＠%]/.test(value) && !/^[-−+]?[\d.,]+%?$/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}

function save(figure) {
  const rows = [...figure.querySelectorAll(".chart__table tr")];
  const text = rows.map((row) => [...row.cells].map((each) => cell(each.textContent)).join(",")).join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  link.download = `${figure.dataset.chart.replace(/-spec$/, "")}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
