// What stands above and below the graphs: search, levels, zoom; steps and their speed.

const KEYS = "Keys: n and p take a step forth and back, N and P go on to the next box, Home and End to either end, " +
  "Space plays. In the graph arrows go along the edges, Enter tells how a gradient comes about, Space opens and closes " +
  "groups, Escape goes back, [ and ] change a number, as dragging it does. f fits the graph in, + and - zoom, / searches.";
const SPEEDS = [1500, 700, 300, 100, 30]; // milliseconds a step

class Controls {
  constructor(explorer) {
    this.explorer = explorer;
    this.head = this.above();
    this.foot = this.below();
  }

  /** Make a button; its tooltip says which key does the same. */
  button(text, name, onclick, key = null) {
    const title = key ? `${name} (${key})` : name;
    return element("button", { title, "aria-label": name, "aria-keyshortcuts": key, onclick }, text);
  }

  /** Say which number is which. */
  legend(graph) {
    if (graph.isStatic) return null;
    const name = graph.short(graph.root);
    return element("p", { class: "legend", role: "note" },
      element("b", { title: "what a box computes" }, "value"),
      element("i", { title: `how fast ${name} changes with the number in a box: d ${name} / d box` }, "gradient"),
      element("small", { title: "how fast the result of a box changes with one of its operands, written at the arrow" },
        "local derivative"));
  }

  above() {
    const { explorer, button } = this;
    const { graphs, views, page } = explorer;
    this.search = element("input", {
      type: "search", placeholder: "Search", "aria-label": "Search for a name", oninput: () => explorer.find(),
      onkeydown: (event) => event.key === "Enter" && explorer.find(1),
    });
    this.roots = this.rootsOf(graphs[0]);
    this.rows = this.rowsOf(page.rows);
    const kinds = new Set(graphs.flatMap((graph) => (graph.group ?? []).map(({ kind }) => kind)));
    const levels = Object.keys(LEVELS).filter((kind) => kinds.has(kind) || (kinds.size && kind === "scalar"));
    const show = (level) => explorer.change(views[0], () => views.every((view) => view.cut.show(level)), true);
    const each = (act) => () => views.forEach(act);
    return element("header", {},
      element("h1", {}, page.title), this.legend(graphs[0]),
      element("div", { class: "tools", role: "group", "aria-label": "Levels and zoom" },
        this.rows, this.roots, this.search,
        ...levels.map((level) => button(LEVELS[level], `Open down to ${LEVELS[level]}`, () => show(level))),
        button("−", "Zoom out", each((view) => view.zoom(0.8)), "-"),
        button("+", "Zoom in", each((view) => view.zoom(1.25)), "+"),
        button("Fit", "Fit the graph into the window", each((view) => view.fit()), "f"),
        button("?", "Keys", () => explorer.tell(KEYS), "?")));
  }

  below() {
    const { explorer, button } = this;
    this.place = element("input", {
      type: "range", min: 0, step: 1, "aria-label": "Step",
      oninput: () => explorer.goTo(Number(this.place.value)),
    });
    this.playing = button("▶", "Play", () => this.play());
    this.speed = element("input", { type: "range", min: 0, max: SPEEDS.length - 1, step: 1, "aria-label": "Speed" });
    this.speed.value = 1;
    return element("footer", {},
      element("div", { class: "tools", role: "group", "aria-label": "Steps" },
        button("⇤", "To the start", () => explorer.goTo(0), "Home"),
        button("«", "Previous box", () => explorer.stepNode(-1), "P"),
        button("‹", "Previous step", () => explorer.step(-1), "p"),
        this.playing,
        button("›", "Next step", () => explorer.step(1), "n"),
        button("»", "Next box", () => explorer.stepNode(1), "N"),
        button("⇥", "To the end of the backward pass", () => explorer.goTo(Infinity), "End"),
        this.place,
        element("label", { class: "speed" }, "Speed", this.speed)));
  }

  /** Return what chooses which of several results is derived. */
  rootsOf({ roots, titles, names }) {
    if (!roots || roots.length < 2) return null;
    const options = roots.map((root, i) =>
      element("option", { value: root }, `Derive ${i + 1} of ${roots.length}: ${names[root] || titles[root]}`));
    const onchange = () => this.explorer.derive();
    return element("select", { "aria-label": "What is derived", disabled: true, onchange }, ...options);
  }

  /** Return what chooses which row of the data is shown. */
  rowsOf(rows) {
    if (!rows || rows.numbers.length < 2) return null;
    const written = (numbers) => numbers.slice(0, 4).map((number) => brief(Number(number))).join(", ");
    const told = (row) => `${written(row.slice(0, rows.inputs))} → ${written(row.slice(rows.inputs))}`;
    const options = rows.numbers.map((row, i) =>
      element("option", { value: i, selected: i === rows.first }, `Row ${i + 1}: ${told(row)}`));
    const onchange = () => this.explorer.take("row", rows.numbers[this.rows.value].map(Number));
    return element("select", { "aria-label": "Row of the data", disabled: true, onchange }, ...options);
  }

  /** Show where the steps are. */
  renew(steps) {
    this.place.max = steps.events.length;
    this.place.value = steps.at;
    this.place.setAttribute("aria-valuetext", steps.told || "nothing is computed yet");
  }

  /** Go on by itself, or stop doing so. */
  play() {
    const { explorer } = this;
    const isOn = !this.timer;
    clearTimeout(this.timer);
    this.timer = null;
    this.playing.textContent = isOn ? "❚❚" : "▶";
    for (const name of ["aria-label", "title"]) this.playing.setAttribute(name, isOn ? "Pause" : "Play");
    if (!isOn) return;
    const [steps] = explorer.steps;
    if (steps.at >= steps.ends[BACKWARD]) explorer.goTo(0);
    const next = () => {
      explorer.step(1);
      const [now] = explorer.steps;
      if (now.at >= now.events.length && !now.canGoOn) this.play();
      else this.timer = setTimeout(next, SPEEDS[this.speed.value]);
    };
    this.timer = setTimeout(next, SPEEDS[this.speed.value]);
  }
}
