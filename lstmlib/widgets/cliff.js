// A descent on the loss of h_t = tanh(u h_{t-1} + b), with and without clipping, in the page.
// Plain numbers first (tested against lstmlib.numpy), then the drawing.

// problem = {horizon, first, target}: the loss (h_T - target)^2 and its gradient at (u, b).
export function lossAndGradient({ horizon, first, target }, u, b) {
  const h = [first];
  for (let t = 1; t <= horizon; t += 1) h.push(Math.tanh(u * h[t - 1] + b));
  const error = h[horizon] - target;
  let back = 2 * error, du = 0, db = 0;
  for (let t = horizon; t > 0; t -= 1) {
    const da = back * (1 - h[t] * h[t]);
    du += da * h[t - 1];
    db += da;
    back = da * u;
  }
  return { loss: error * error, du, db, norm: Math.hypot(du, db) };
}

// The points of a descent: {u, b, loss, norm} before each step and at the end.
export function descend(problem, start, rate, threshold, steps) {
  const points = [];
  let [u, b] = start;
  for (let k = 0; ; k += 1) {
    const { loss, du, db, norm } = lossAndGradient(problem, u, b);
    points.push({ u, b, loss, norm });
    if (k === steps) return points;
    const short = norm > threshold ? threshold / norm : 1;
    u -= rate * short * du;
    b -= rate * short * db;
  }
}

const shown = (value, digits = 2) => {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? (0).toFixed(digits) : text).replace("-", "\u2212");
};
const size = (value) => (value >= 100 ? value.toFixed(0)
  : value >= 10 ? value.toFixed(1) : value >= 0.01 || value === 0 ? value.toFixed(2)
    : value.toExponential(0).replace("e-", " \u00d7 10^\u2212"));

// What a descent did, in a sentence.
export function describe(points, rate, threshold, inside) {
  const steps = points.length - 1, last = points[steps];
  const steepest = points.reduce((one, p) => (p.norm > one.norm ? p : one));
  const met = points.indexOf(steepest);
  const clipped = points.filter((p) => p.norm > threshold).length;
  const left = points.findIndex((p) => !inside(p));
  let text = `The longest gradient is ${size(steepest.norm)}, before step ${met + 1}`;
  if (Number.isFinite(threshold)) {
    text += clipped ? `, and ${clipped} of ${steps} steps are shortened` : ", and nothing is clipped";
  }
  if (left > 0) {
    const from = points[left - 1];
    const far = Math.hypot(points[left].u - from.u, points[left].b - from.b);
    text += `. Step ${left} leaves the map, ${shown(far)} long`;
  }
  return `${text}. After ${steps} steps the loss is ${shown(last.loss, 3)}.`;
}

// ---------------------------------------------------------------- the drawing

const NAMES = ["start", "threshold", "rate", "steps", "horizon", "first", "target", "surface"];
const WIDTH = 340, HEIGHT = 322, LEFT = 36, TOP = 6, ACROSS = 296, DOWN = 276;
const round = (value) => Math.round(value * 1e6) / 1e6;

function make(tag, attributes = {}, ...children) {
  const drawn = ["svg", "g", "path", "circle", "text", "rect", "image", "clipPath", "defs"];
  const element = drawn.includes(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// The map as a picture: the stronger the grey, the higher the loss.
function picture({ columns, rows, levels }) {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const brush = canvas.getContext("2d");
  const pixels = brush.createImageData(columns, rows);
  const bytes = atob(levels);
  for (let k = 0; k < bytes.length; k += 1) {
    pixels.data.set([132, 132, 132, Math.round(0.75 * bytes.charCodeAt(k))], 4 * k);
  }
  brush.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const set = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  const surface = get("surface");
  const [u0, u1] = surface.u, [b0, b1] = surface.b;
  const toX = (u) => LEFT + ((u - u0) / (u1 - u0)) * ACROSS;
  const toY = (b) => TOP + ((b1 - b) / (b1 - b0)) * DOWN;
  const inside = (p) => p.u >= u0 && p.u <= u1 && p.b >= b0 && p.b <= b1;
  const mine = `cliff-${Math.random().toString(36).slice(2, 10)}`;

  const trails = make("g", { "clip-path": `url(#${mine}-plane)` });
  const handle = make(
    "g",
    {
      class: "cliff-start", tabindex: "0", role: "slider", "aria-valuemin": u0,
      "aria-valuemax": u1, "aria-label": "start of the descent; the arrow keys move it",
    },
    make("circle", { r: 18, class: "cliff-grip" }),
    make("circle", { r: 11, class: "cliff-halo" }),
    make("circle", { r: 6, class: "cliff-dot" }),
  );
  const plane = { x: LEFT, y: TOP, width: ACROSS, height: DOWN };
  const ticks = (low, high) => [...Array(9).keys()].map((k) => (k - 2) / 2)
    .filter((value) => value >= low && value <= high);
  const svg = make(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-describedby": mine,
      "aria-label": "Map of the loss: u to the right, b upwards, the stronger the grey the higher. "
        + "A cliff runs from the middle of the left side down to the right." },
    make("defs", {}, make("clipPath", { id: `${mine}-plane` }, make("rect", plane))),
    make("image", { ...plane, href: picture(surface), preserveAspectRatio: "none" }),
    make("rect", { ...plane, class: "cliff-plane" }),
    ...ticks(u0, u1).map((u) => make("text",
      { x: toX(u), y: TOP + DOWN + 15, "text-anchor": "middle" }, String(u))),
    ...ticks(b0, b1).map((b) => make("text",
      { x: LEFT - 5, y: toY(b) + 4, "text-anchor": "end" }, String(b).replace("-", "\u2212"))),
    make("text", { x: toX((u0 + u1) / 2), y: TOP + DOWN + 32, "text-anchor": "middle" },
      "u, weight"),
    make("text", { x: 4, y: toY(0.28), class: "cliff-axis" }, "b"),
    trails, handle,
  );

  const within = (value, low, high) => round(Math.min(high, Math.max(low, value)));
  const move = ([u, b]) => set({ start: [within(u, u0, u1), within(b, b0, b1)] });
  const fromPointer = (event) => {
    const box = svg.getBoundingClientRect(), unit = box.width / WIDTH;
    return [
      u0 + (((event.clientX - box.left) / unit - LEFT) / ACROSS) * (u1 - u0),
      b1 - (((event.clientY - box.top) / unit - TOP) / DOWN) * (b1 - b0),
    ];
  };
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    event.preventDefault();
    handle.focus();
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) move(fromPointer(event));
  });
  svg.addEventListener("click", (event) => {
    if (!handle.contains(event.target)) move(fromPointer(event));
  });
  handle.addEventListener("keydown", (event) => {
    const far = event.shiftKey ? 0.01 : 0.05;
    const way = {
      ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far],
    }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const start = get("start");
    move([start[0] + way[0], start[1] + way[1]]);
  });

  // Two sliders over given settings.
  const refreshers = [];
  function slider(words, settings, name) {
    const input = make("input", { type: "range", min: 0, max: settings.length - 1, step: 1,
      "data-lm-suppress-shortcuts": "true" });    // or JupyterLab takes its arrow keys
    const output = make("output", {});
    const near = () => settings.reduce((best, value, k) => (
      Math.abs(Math.log(value / get(name))) < Math.abs(Math.log(settings[best] / get(name)))
        ? k : best), 0);
    input.addEventListener("input", () => set({ [name]: settings[Number(input.value)] }));
    refreshers.push(() => {
      input.value = near();
      input.setAttribute("aria-valuetext", String(get(name)));
      output.textContent = String(get(name));
    });
    return make("label", {}, make("span", {}, words), input, output);
  }
  const sentence = (kind, words) => make("p", {}, make("span", { class: `cliff-sign ${kind}` }),
    make("strong", {}, words), make("span", {}));
  const told = {
    clipped: sentence("cliff-clipped", "Clipped: "),
    plain: sentence("cliff-plain", "Not clipped: "),
  };
  const status = make("div", { class: "cliff-status", id: mine, "aria-live": "polite" },
    told.clipped, told.plain);
  const rows = make("tbody");
  const numbers = make(
    "details", { class: "cliff-numbers" }, make("summary", {}, "the numbers, clipped"),
    make("div", { class: "cliff-scroll", tabindex: "0", role: "region",
      "aria-label": "the clipped descent step by step" },
      make("table", {}, make("thead", {}, make("tr", {},
        ...["step", "u", "b", "loss", "gradient"].map((name) => make("th", { scope: "col" }, name)),
      )), rows)),
  );
  const root = make(
    "div", { class: "lstm-cliff" },
    make("div", { class: "cliff-body" },
      make("div", { class: "cliff-left" }, svg,
        make("p", { class: "cliff-key" },
          "drag the large dot, or focus it and press arrow keys")),
      make("div", { class: "cliff-controls" },
        slider("clip at", surface.thresholds, "threshold"),
        slider("learning rate", surface.rates, "rate"), status)),
    numbers,
  );
  el.append(root);

  function trail(points, kind) {
    const at = (p) => `${toX(p.u).toFixed(1)} ${toY(p.b).toFixed(1)}`;
    const far = (p) => Math.abs(p.u) < 50 && Math.abs(p.b) < 50;
    const drawn = points.slice(0, points.findIndex((p) => !far(p)) + 1 || undefined);
    const path = `M${drawn.filter(far).map(at).join("L")}`;
    return [
      make("path", { class: "cliff-under", d: path }),
      make("path", { class: kind, d: path }),
      ...points.filter(inside).map((p) => make("circle",
        { class: kind, cx: toX(p.u).toFixed(1), cy: toY(p.b).toFixed(1), r: 1.9 })),
    ];
  }

  let speaking = null;
  function refresh() {
    const problem = { horizon: get("horizon"), first: get("first"), target: get("target") };
    const start = get("start");
    const plain = descend(problem, start, get("rate"), Infinity, get("steps"));
    const clipped = descend(problem, start, get("rate"), get("threshold"), get("steps"));
    root.setAttribute("data-clipped", JSON.stringify(clipped.map((p) => [p.u, p.b])));
    root.setAttribute("data-plain", JSON.stringify(plain.map((p) => [p.u, p.b])));
    trails.replaceChildren(...trail(plain, "cliff-plain"), ...trail(clipped, "cliff-clipped"));
    handle.setAttribute("transform", `translate(${toX(start[0])} ${toY(start[1])})`);
    handle.setAttribute("aria-valuenow", start[0]);
    handle.setAttribute("aria-valuetext", `u ${shown(start[0])}, b ${shown(start[1])}`);
    rows.replaceChildren(...clipped.map((p, k) => make("tr", {},
      ...[String(k), shown(p.u, 3), shown(p.b, 3), shown(p.loss, 4), size(p.norm)]
        .map((text) => make("td", {}, text)))));
    refreshers.forEach((again) => again());
    const say = () => {
      told.clipped.lastChild.textContent = describe(clipped, get("rate"), get("threshold"), inside);
      told.plain.lastChild.textContent = describe(plain, get("rate"), Infinity, inside);
    };
    clearTimeout(speaking);
    if (told.plain.lastChild.textContent === "") say();
    else speaking = setTimeout(say, 250);
  }

  const changed = NAMES.map((name) => `change:${name}`);
  changed.forEach((event) => model.on(event, refresh));
  refresh();
  return () => {
    clearTimeout(speaking);
    changed.forEach((event) => model.off(event, refresh));
  };
}

export default { render };
