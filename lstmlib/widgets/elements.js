// What several controls are built from: elements, numbers as text, and the ties to the model.
const SVG = ["svg", "g", "path", "circle", "text", "rect", "tspan"];
const MINUS = "\u2212";
// On an element whose arrow keys are its own: JupyterLab takes them otherwise.
const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };
const round = (value) => Math.round(value * 1e6) / 1e6;

function make(tag, attributes = {}, ...children) {
  const element = SVG.includes(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const symbol = (letter, index) => make("span", {}, make("i", {}, letter),
  ...(index ? [make("sub", {}, index)] : []));

// A number with so many digits after the point, never a minus before a zero.
function shown(value, digits = 2) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? (0).toFixed(digits) : text).replace("-", MINUS);
}

// A row: words, a slider, its value. `say` gives the value as text for eye and ear.
function slider(words, [low, high, by], read, write, say, colour = "") {
  const input = make("input", { type: "range", min: low, max: high, step: by, ...OWN_KEYS });
  if (colour) input.style.setProperty("--play-colour", colour);
  const output = make("output", {});
  input.addEventListener("input", () => write(Number(input.value)));
  const refresh = () => {
    if (Number(input.value) !== read()) input.value = read();
    output.textContent = say();
    input.setAttribute("aria-valuetext", say());
  };
  return { row: make("label", {}, make("span", {}, ...words), input, output), refresh };
}

function button(words, press) {
  const element = make("button", { type: "button" }, ...words);
  element.addEventListener("click", press);
  return element;
}

// A folded table; fill(rows) replaces its rows, each a list of texts.
function folded(words, name, heads) {
  const body = make("tbody");
  const element = make("details", {}, make("summary", {}, words),
    make("div", { class: "play-scroll", tabindex: "0", role: "region", "aria-label": name },
      make("table", {}, make("thead", {}, make("tr", {},
        ...heads.map((head) => make("th", { scope: "col" }, head)))), body)));
  const fill = (rows) => body.replaceChildren(...rows.map((cells) => make("tr", {},
    ...cells.map((text) => make("td", {}, text)))));
  return { element, fill };
}

// A paragraph read out when it has stood still for a moment.
function spoken(id) {
  const element = make("p", { class: "play-status", id, "aria-live": "polite" });
  let waiting = null;
  const say = (words) => {
    clearTimeout(waiting);
    if (element.textContent === "") element.textContent = words;
    else waiting = setTimeout(() => { element.textContent = words; }, 250);
  };
  return { element, say, hush: () => clearTimeout(waiting) };
}

// Draw anew whenever one of these changes; what comes back ends that.
function follow(model, names, refresh) {
  const changed = names.map((name) => `change:${name}`);
  changed.forEach((event) => model.on(event, refresh));
  refresh();
  return () => changed.forEach((event) => model.off(event, refresh));
}

const writer = (model) => (values) => {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
};
const fresh = (name) => `${name}-${Math.random().toString(36).slice(2, 10)}`;
