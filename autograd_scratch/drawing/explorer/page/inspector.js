// The panel beside the graph: what is selected, its local derivatives, and the ledger of its gradient.

const MOST_ROWS = 100;

class Inspector {
  constructor(explorer) {
    this.explorer = explorer;
    this.title = element("h2", { tabindex: "-1" });
    this.body = element("div");
    this.element = element("section", { "aria-label": "What is selected" }, this.title, this.body);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") explorer.return();
    });
  }

  /** Show a box of a view, with the numbers of the moment. */
  show(view, id) {
    const { graph } = view;
    const isSame = this.shown?.[0] === view && this.shown[1] === id;
    const field = this.element.contains(document.activeElement) && document.activeElement.matches("input");
    if (isSame && field) return this.renew(view, id);
    this.shown = [view, id];
    if (id < 0) this.group(view, id);
    else if (graph.isStatic) this.fill(graph.titles[id], ...graph.told[id].map((line) => element("p", {}, line)));
    else this.node(view, id);
  }

  fill(title, ...parts) {
    say(this.title, title);
    this.body.replaceChildren(...parts.filter(Boolean));
  }

  node(view, id) {
    const { graph } = view;
    const [kind, line] = [KINDS[graph.kinds[id]], graph.code[graph.lines[id]]];
    this.numbers = element("div");
    this.fill(
      graph.name(id),
      element("p", { class: "quiet" }, [kind, graph.equations[id]].filter(Boolean).join(": ")),
      line ? element("pre", {}, line) : null,
      this.slider(view, id),
      this.numbers,
    );
    this.renew(view, id);
  }

  /** Write the numbers anew, and leave what is being used as it is. */
  renew(view, id) {
    const steps = this.explorer.stepsOf(view);
    const { graph } = view;
    this.numbers?.replaceChildren(
      ...this.facts(graph, steps, id), ...this.locals(graph, steps, id), ...this.ledger(graph, steps, id));
    if (this.field && this.field !== document.activeElement) this.field.value = exact(graph.values[id]);
  }

  facts(graph, steps, id) {
    const value = steps.isKnown[id] ? exact(steps.value(id)) : "not computed yet";
    const slope = !graph.hasGradient(id)
      ? "none: a constant"
      : steps.hasSlope[id]
        ? exact(steps.soFar[id])
        : graph.isReached[id]
          ? "not reached yet"
          : `none: no path leads to ${graph.name(graph.root)}`;
    const fact = (name, text, kind) => [element("dt", {}, name), element("dd", { class: kind }, text)];
    const why = this.explanation(graph, id);
    return [
      element("dl", {}, ...fact("value", value, "value"), ...fact("gradient", slope, "grad")),
      ...(why ? [element("p", { class: "warning" }, why)] : []),
      ...this.explorer.guests.flatMap((guest) => guest.facts(graph, id)),
    ];
  }

  explanation(graph, id) {
    if (Number.isFinite(graph.values[id])) return "";
    const broken = graph.firstBroken();
    if (broken < 0) return "";
    const operands = graph.parents[broken].map((parent) => `${graph.name(parent)} = ${brief(graph.values[parent])}`);
    const what = Number.isNaN(graph.values[broken]) ? "nan, not a number" : exact(graph.values[broken]);
    const whose = broken === id ? "This is" : `It comes from ${graph.name(broken)},`;
    return operands.length
      ? `${whose} the first operation that gives ${what}, from finite numbers: ${operands.join(", ")}.`
      : `${graph.name(broken)} was given as ${what}.`;
  }

  slider(view, id) {
    const { graph } = view;
    this.field = null;
    if (graph.parents[id].length || graph.kinds[id] === CONSTANT) return null;
    if (!graph.canRun) return element("p", { class: "quiet" }, `It cannot be changed here: ${graph.lacks}.`);
    const number = graph.values[id];
    const reach = Math.max(2 * Math.abs(number), 2);
    const changed = ({ target }) => target.value !== "" && this.explorer.set(view, id, Number(target.value));
    const common = { step: "any", "aria-label": `value of ${graph.name(id)}`, oninput: changed };
    const range = element("input", { type: "range", min: -reach, max: reach, ...common });
    range.value = number;
    this.field = element("input", { type: "number", ...common });
    this.field.value = exact(number);
    return element("p", { class: "slider" }, range, this.field);
  }

  locals(graph, steps, id) {
    const parents = graph.parents[id];
    if (!parents.length) return [];
    const rows = parents.map((parent, i) => [
      graph.name(parent), steps.isKnown[parent] ? brief(graph.values[parent]) : "…",
      graph.hasGradient(parent) ? (steps.isKnown[id] ? brief(graph.partials[graph.start[id] + i]) : "…") : "–",
    ]);
    return [this.table("Local derivatives", ["operand", "value", "local derivative"], rows)];
  }

  /** Say what each user of a node adds to its gradient, so far. */
  ledger(graph, steps, id) {
    if (!graph.hasGradient(id)) return [];
    const own = graph.users[id].filter((edge) => graph.isReached[graph.heads[edge]]).reverse();
    const rows = own.map((edge) => [
      graph.name(graph.heads[edge]), steps.added[edge] ? brief(graph.adjoints[graph.heads[edge]]) : "…",
      steps.isKnown[graph.heads[edge]] ? brief(graph.partials[edge]) : "…",
      steps.added[edge] ? brief(graph.contributions[edge]) : "not yet",
    ]);
    if (!rows.length) return [];
    if (id === graph.root && steps.hasSlope[id]) rows.push(["itself", "", "", "1"]);
    const last = ["sum", "", "", steps.hasSlope[id] ? brief(steps.soFar[id]) : "none yet"];
    const head = ["used in", "upstream", "× local", "= contribution"];
    return [this.table(`Chain rule: d ${graph.short(graph.root)} / d ${graph.short(id)}`, head, rows, last)];
  }

  table(caption, head, rows, last = null, count = rows.length) {
    const line = (tag) => (cells) => element("tr", {}, ...cells.map((cell, i) =>
      element(i || tag === "th" ? tag : "th", i ? {} : { scope: tag === "th" ? "col" : "row" }, cell)));
    const shown = rows.slice(0, MOST_ROWS);
    if (count > MOST_ROWS) shown.push([`and ${count - MOST_ROWS} more`, ...head.slice(1).map(() => "")]);
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      element("table", {}, element("caption", {}, caption), element("thead", {}, line("th")(head)),
        element("tbody", {}, ...shown.map(line("td"))),
        last ? element("tfoot", {}, line("td")(last)) : null));
  }

  group(view, id) {
    const { graph, cut } = view;
    const steps = this.explorer.stepsOf(view);
    const { title, kind, about } = cut.group[~id];
    const nodes = cut.nodesIn(id);
    this.numbers = this.field = null;
    const told = nodes.filter((node) => graph.kinds[node] !== CONSTANT);
    const rows = told.slice(0, MOST_ROWS).map((node) => [
      graph.name(node), steps.isKnown[node] ? brief(steps.value(node)) : "…",
      steps.hasSlope[node] ? brief(steps.soFar[node]) : "–",
    ]);
    const facts = this.explorer.guests.flatMap((guest) => guest.factsOf(graph, nodes));
    const key = `${this.explorer.views.indexOf(view)} ${id} ${cut.isOpen[~id]}`;
    if (!facts.length && this.inside === key && this.body.contains(this.lists)) {
      const lines = this.lists.querySelectorAll("tbody tr");
      rows.forEach((row, i) => row.forEach((text, column) => say(lines[i].children[column], text)));
      return;
    }
    this.inside = key;
    this.lists = this.table("Numbers inside", ["name", "value", "gradient"], rows, null, told.length);
    this.fill(
      title,
      element("p", { class: "quiet" }, `${kind} of ${counted(nodes.length, "number")}`),
      element("p", { class: "lines" }, this.lines(about)),
      element("button", { onclick: () => this.explorer.toggle(view, ~id) }, cut.isOpen[~id] ? "Close" : "Open"),
      ...facts,
      this.lists,
    );
  }

  /** Write what lines compute, each line of the program once. */
  lines(about) {
    let former = "";
    return about.split("\n").map((line) => {
      const [computed, place] = line.split("   ");
      const isNew = place && place !== former;
      former = place ?? former;
      return isNew ? `${place}\n${computed}` : computed;
    }).join("\n");
  }
}
