// The variants of the LSTM: what the library has drawn and written, one at a time.

function render({ model, el }) {
  const variants = model.get("variants"), pieces = model.get("pieces");
  const set = writer(model);
  const mine = fresh("variants");

  const radios = variants.map(({ name, label, title }) => {
    const input = make("input", { type: "radio", name: mine, value: name, ...OWN_KEYS });
    input.addEventListener("change", () => set({ value: name }));
    return { input, row: make("label", { class: "play-choice", title }, input, label) };
  });
  const svg = make("svg", { role: "img" });
  const title = make("p", { class: "variants-title", id: `${mine}-title` });
  const lines = make("ol", { "aria-labelledby": `${mine}-title` });
  const key = make("p", { class: "play-key" });
  const count = make("p", { class: "variants-count" });
  const status = spoken(mine);
  const root = make("div", { class: "lstm-play lstm-variants" },
    make("fieldset", {}, make("legend", {}, "the cell"),
      make("div", { class: "variants-choices" }, ...radios.map(({ row }) => row))),
    make("div", { class: "play-body" },
      make("div", { class: "play-left" }, svg),
      make("div", { class: "play-controls" }, title, lines, key, count)),
    status.element);
  el.append(root);

  const end = follow(model, ["value"], () => {
    const one = variants.find(({ name }) => name === model.get("value"));
    root.setAttribute("data-variant", one.name);
    radios.forEach(({ input }) => { input.checked = input.value === one.name; });
    svg.setAttribute("viewBox", `0 0 ${one.size[0]} ${one.size[1]}`);
    svg.setAttribute("aria-label", one.alt);
    svg.innerHTML = one.drawing.map((k) => pieces[k]).join("");
    for (const words of svg.querySelectorAll("[font-size]")) {   // a style sheet goes before it
      words.style.fontSize = `${words.getAttribute("font-size")}px`;
    }
    title.textContent = one.title;
    lines.replaceChildren(...one.lines.map(({ kind, html }) => {
      const line = make("li", { "data-kind": kind });
      const written = make("span");
      written.innerHTML = html;
      line.append(written);
      if (kind !== "same") line.append(make("small", {}, kind));
      return line;
    }));
    key.textContent = one.carries
      ? "Dotted: the peepholes, which it has as well. Its own change has a bar." : "";
    count.innerHTML = `<b>Parameters:</b> ${one.count}`;
    status.say(`${one.title}. ${one.says}`);
  });
  return () => { status.hush(); end(); };
}

export default { render };
