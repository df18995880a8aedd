// A report of hand-written gradients: the verdict, both formulas, and marks at the boxes of its blocks.

const SIGNS = { good: "✓", doubtful: "?", bad: "✗" };
const NEAR = 1e-3; // share of the largest difference of a block, below which an entry counts as right
const NEARBY = 0.8; // zoom at which a box can be read

class HandReport {
  constructor(explorer) {
    this.explorer = explorer;
    this.report = explorer.page.report;
    [this.view] = explorer.views;
    const { graph } = this.view;
    if (!graph.isStatic) {
      this.values = graph.values.slice();
      this.derived = Float64Array.from(graph.adjoints, (slope) => (Number.isNaN(slope) ? 0 : slope));
    }
    this.first = new Set(graph.isStatic ? [] : this.report.first);
    this.blockOf = new Map();
    for (const block of this.report.blocks) this.read(block);
    this.badges = element("div", { class: "badges", "aria-hidden": "true" });
    this.view.badges = this.badges;
    this.view.world.append(this.badges);
    this.element = element("section", { class: `report ${this.report.mood}`, "aria-label": "Hand against derived" },
      ...this.panel());
  }

  /** Find which entries of a block are wrong. */
  read(block) {
    if (this.view.graph.isStatic) return;
    const { nodes } = block;
    const hand = block.hand ? floatsOf(block.hand) : [];
    const apart = Array.from(hand, (number, i) => Math.abs(number - (nodes[i] < 0 ? 0 : this.derived[nodes[i]])));
    const least = NEAR * Math.max(...apart.filter(Number.isFinite), 0);
    nodes.forEach((node, i) => {
      const isWrong = block.mood === "bad" && !(apart[i] <= least);
      if (node >= 0) this.blockOf.set(node, { block, isWrong, hand: hand[i] });
    });
  }

  panel() {
    const { report } = this;
    const [sure, ...said] = report.said;
    const [mistake] = report.lists.flatMap(({ items }) => items.filter(({ formulas }) => formulas.length));
    const first = this.first.size
      ? element("button", { onclick: () => this.show([...this.first], "The first wrong step") }, "Show the first wrong step")
      : null;
    return [
      element("h2", {}, element("span", { class: "verdict" }, `${SIGNS[report.mood]} ${report.verdict}`)),
      element("p", {}, `${report.why[0].toUpperCase()}${report.why.slice(1)}.`),
      ...(mistake ? this.formulas(mistake) : []),
      ...said.flatMap((text) => text.split("\n")).map((text) => element("p", {}, text)),
      ...(first ? [element("p", {}, first)] : []),
      this.blocks(),
      ...report.entries.map(({ title, head, rows }) => {
        const numbers = (cells) => cells.slice(0, 4); // without the error bar and the ratio
        return this.explorer.inspector.table(title, numbers(head), rows.map(numbers));
      }),
      element("p", { class: "quiet" }, sure),
      ...this.more(mistake),
    ];
  }

  /** What is right and what was written, beside each other. */
  formulas({ text, details, formulas }) {
    const card = ([label, formula]) => element("div", { class: label === "derived" ? "right" : "wrong" },
      element("h3", {}, label === "derived" ? "✓ right" : `✗ ${label}`), element("code", {}, formula));
    const pairs = formulas.map((_, i) => i).filter((i) => i % 2 === 0);
    return [
      element("p", {}, element("strong", {}, text)),
      ...pairs.map((i) => element("div", { class: "formulas" }, card(formulas[i + 1]), card(formulas[i]))),
      ...details.map((detail) => element("p", { class: "detail" }, detail)),
    ];
  }

  blocks() {
    const rows = this.report.blocks.map((block) => {
      const nodes = block.nodes.filter((node) => node >= 0);
      const name = nodes.length && !this.view.graph.isStatic
        ? element("button", { title: `Show ${block.name}`, onclick: () => this.show(block.nodes, block.name, block) }, block.name)
        : block.name;
      const verdict = element("span", { class: block.mood }, `${SIGNS[block.mood]} ${block.verdict}`);
      const first = block.isFirst ? element("span", { class: "detail" }, "the first wrong one") : null;
      const note = block.note ? element("span", { class: "detail" }, block.note) : null;
      return [name, element("span", {}, ...[verdict, first, note].filter(Boolean)), block.error];
    });
    return this.explorer.inspector.table("Blocks, from the loss backwards", ["block", "verdict", "largest error"], rows);
  }

  /** The other explanations, the notes and the source, folded. */
  more(shown) {
    const fold = (title, ...parts) => element("details", {}, element("summary", {}, title), ...parts);
    const lists = this.report.lists.map(({ title, items }) => [title, items.filter((item) => item !== shown)]);
    return [
      ...this.report.source.map(({ title, first, lines, marked }) => fold(title, element("pre", {}, ...lines.map(
        (line, i) => element(first + i === marked ? "mark" : "span", {}, `${String(first + i).padStart(4)}  ${line}\n`))))),
      ...lists.filter(([, items]) => items.length).map(([title, items]) => fold(title, element("ul", {}, ...items.map(
        ({ text, details, formulas }) => element("li", {}, text,
          ...details.map((detail) => element("span", { class: "detail" }, detail)),
          ...formulas.map(([label, formula]) => element("code", {}, `${label}: ${formula}`))))))),
    ];
  }

  /** Show nodes in the graph: the group that they are, or the first of them, with what is around it open. */
  show(all, name, block = null) {
    const { explorer, view } = this;
    const { cut } = view;
    const nodes = all.filter((node) => node >= 0);
    const isWhole = (group) => {
      const inside = new Set(cut.nodesIn(~group));
      return nodes.every((node) => inside.has(node));
    };
    const group = cut.groupsOf(nodes[0]).find(isWhole);
    const isOpen = group === undefined || cut.isOpen[group];
    const wanted = isOpen ? nodes.find((node) => this.blockOf.get(node)?.isWrong) ?? nodes[0] : ~group;
    explorer.change(view, () => cut.reveal(wanted));
    const box = cut.boxOf(wanted);
    if (view.place.zoom < NEARBY) view.zoom(NEARBY / view.place.zoom);
    explorer.select(view, box);
    view.show(box);
    explorer.tell(block ? `${name}: ${block.verdict}.` : `${name}: ${explorer.called(view, box)}.`);
  }

  /** Mark the boxes of blocks, and hang a word on those that are wrong. */
  mark(view) {
    if (view !== this.view || view.graph.isStatic || this.marked === view.elements) return;
    this.marked = view.elements;
    const badges = [];
    for (const [id, made] of view.elements) {
      const nodes = view.inside.get(id);
      const found = nodes.map((node) => this.blockOf.get(node)).filter(Boolean);
      const bad = found.some(({ isWrong }) => isWrong);
      made.classList.toggle("bad", bad);
      made.classList.toggle("good", !bad && found.some(({ block }) => block.mood === "good"));
      if (nodes.some((node) => this.first.has(node))) {
        made.classList.add("first");
        if (!badges.some(({ isFirst }) => isFirst)) badges.push(this.badge(id, "first wrong step", true));
      } else if (bad && id < 0) badges.push(this.badge(id, `${SIGNS.bad} wrong by hand`, false));
    }
    this.badges.replaceChildren(...badges.map(({ made }) => made));
  }

  badge(id, text, isFirst) {
    const { x, y } = this.view.drawn.boxes.get(id);
    const made = element("span", { class: isFirst ? "badge first" : "badge" }, text);
    made.style.translate = `${x + 6}px ${y + 4}px`;
    return { made, isFirst };
  }

  /** Whether the numbers are those at which the gradients were compared. */
  get isThere() {
    const { graph } = this.view;
    return graph.parents.every((parents, node) => parents.length || Object.is(graph.values[node], this.values[node]));
  }

  /** Return what the inspector tells beside the numbers of a node. */
  facts(graph, id) {
    const found = this.blockOf.get(id);
    const first = this.first.has(id) ? [element("p", { class: "warning" }, "Here the gradients part ways.")] : [];
    if (found?.hand === undefined) return first;
    const where = this.isThere ? "" : " at the numbers of the check";
    const verdict = found.isWrong ? `${SIGNS.bad} wrong` : `${SIGNS.good} the same`;
    const text = `By hand ${exact(found.hand)}, derived ${exact(this.derived[id])}${where}: ${verdict}.`;
    return [element("p", { class: found.isWrong ? "warning" : "" }, text), ...first];
  }

  /** Return a table of the entries of a wrong block that are among some nodes. */
  factsOf(graph, nodes) {
    const own = nodes.filter((node) => this.blockOf.get(node)?.hand !== undefined);
    if (!own.length) return [];
    const rows = own.map((node) => {
      const { hand, isWrong } = this.blockOf.get(node);
      return [graph.name(node), brief(hand), brief(this.derived[node]), isWrong ? SIGNS.bad : SIGNS.good];
    });
    const where = this.isThere ? "" : ", at the numbers of the check";
    return [this.explorer.inspector.table(`Gradient${where}`, ["", "by hand", "derived", ""], rows)];
  }

  /** Say what is written by hand, when the gradient of a node is whole. */
  sentence(steps) {
    const { last } = steps;
    if (last?.phase !== BACKWARD || !this.isThere || steps.round) return "";
    const { graph } = this.view;
    const isWhole = graph.users[last.node].every((edge) => steps.added[edge] || !graph.isReached[graph.heads[edge]]);
    const found = this.blockOf.get(last.node);
    const first = this.first.has(last.node) ? " Here the gradients part ways." : "";
    if (!isWhole || found?.hand === undefined) return first;
    const same = found.isWrong ? `derived ${brief(this.derived[last.node])}` : "the same";
    return `${first} By hand ${brief(found.hand)}, ${same}.`;
  }
}
