// Two graphs in step: which box of one is which of the other, where they part, and what differs.

const MOST_PARTS = 6;
const ROUNDING = 1e-12; // relative: what two ways to compute the same number differ by

/** Return the operation of a title such as "a1 = tanh". */
function operationOf(graph, node) {
  return graph.parents[node].length ? graph.titles[node].split(" = ").at(-1) : "";
}

class Pair {
  constructor(explorer) {
    this.explorer = explorer;
    this.graphs = explorer.graphs;
    this.titles = this.graphs.map((graph, i) => graph.title || ["first", "second"][i]);
    this.isStatic = this.graphs.some((graph) => graph.isStatic);
    this.element = element("section", { class: "pair", "aria-label": "Two graphs" });
    this.partners = this.graphs.map((graph) => new Int32Array(graph.size).fill(-1));
    if (this.isStatic) return;
    this.match();
    const [first, second] = this.graphs;
    this.isLinked = Uint8Array.from(first.values, (value, node) => {
      const other = this.partner(first, node);
      return other >= 0 && !first.parents[node].length && Object.is(value, second.values[other]) ? 1 : 0;
    });
    this.element.append(...this.panel());
  }

  /** Return the box of the other graph that stands for a node, or -1. */
  partner(graph, node) {
    return this.partners[this.graphs.indexOf(graph)][node];
  }

  join(first, second) {
    this.partners[0][first] = second;
    this.partners[1][second] = first;
  }

  match() {
    const [first, second] = this.graphs;
    this.isSame = this.isAlike();
    if (this.isSame) first.parents.forEach((_, node) => this.join(node, node));
    else this.matchByNames();
    const unlike = (node) => this.partners[0][node] >= 0 &&
      operationOf(first, node) !== operationOf(second, this.partners[0][node]);
    const alone = (side) => [...this.partners[side].keys()].filter((node) => this.partners[side][node] < 0);
    this.unlike = [...first.parents.keys()].filter(unlike);
    this.alone = [alone(0), alone(1)];
  }

  /** Whether both graphs have the same arrows between boxes of the same kinds, and leaves of the same names. */
  isAlike() {
    const [first, second] = this.graphs;
    const told = (graph) => JSON.stringify([graph.root, graph.parents, graph.kinds,
      graph.titles.map((title, node) => (graph.parents[node].length ? "" : title))]);
    return first.size === second.size && told(first) === told(second);
  }

  /** Match leaves and results by names that both have, other operations by what they take, and then by what takes them. */
  matchByNames() {
    const [first, second] = this.graphs;
    const counts = this.graphs.map((graph) => this.countNames(graph));
    const known = new Map();
    const number = (key) => known.get(key) ?? known.set(key, known.size).get(key);
    const [ours, theirs] = this.graphs.map((graph) => {
      const seen = new Map();
      const classes = [];
      graph.parents.forEach((parents, node) => {
        const name = this.nameOf(graph, node);
        const isShared = name && counts[0].get(name) === counts[1].get(name);
        const taken = parents.map((parent) => (graph.titles[parent] ? classes[parent] : "number"));
        const key = number(isShared ? name : parents.length ? `${operationOf(graph, node)}(${taken})` : "");
        const round = seen.get(key) ?? 0;
        seen.set(key, round + 1);
        classes.push(graph.titles[node] ? number(`${key} ${round}`) : -1);
      });
      return classes;
    });
    const there = new Map(theirs.map((each, node) => [each, node]));
    ours.forEach((each, node) => each >= 0 && there.has(each) && this.join(node, there.get(each)));
    if (this.partners[0][first.root] < 0 && this.partners[1][second.root] < 0) this.join(first.root, second.root);
    for (let node = first.size - 1; node >= 0; node--) this.matchOperands(node);
  }

  /** Match what two operations of the same kind take in the same place. */
  matchOperands(node) {
    const [first, second] = this.graphs;
    const other = this.partners[0][node];
    if (other < 0 || operationOf(first, node) !== operationOf(second, other)) return;
    const [ours, theirs] = [first.parents[node], second.parents[other]];
    if (ours.length !== theirs.length) return;
    ours.forEach((parent, i) => {
      const isFree = this.partners[0][parent] < 0 && this.partners[1][theirs[i]] < 0;
      const isAlike = first.kinds[parent] === second.kinds[theirs[i]] &&
        operationOf(first, parent) === operationOf(second, theirs[i]);
      if (isFree && isAlike) this.join(parent, theirs[i]);
    });
  }

  nameOf(graph, node) {
    const isNamed = !graph.parents[node].length || graph.titles[node].includes(" = ");
    const name = graph.titles[node] && (isNamed ? graph.titles[node].split(" = ")[0] : graph.names[node]);
    return name ? `${graph.parents[node].length ? "result" : "leaf"} ${name}` : "";
  }

  countNames(graph) {
    const counts = new Map();
    graph.titles.forEach((_, node) => {
      const name = this.nameOf(graph, node);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    });
    return counts;
  }

  panel() {
    const [one, other] = this.titles;
    const [first, second] = this.graphs;
    const parts = [
      ...this.places(0, this.unlike, (node) => {
        const [ours, theirs] = [[first, node], [second, this.partners[0][node]]].map((each) => operationOf(...each));
        return `“${ours}” in ${one}, “${theirs}” in ${other}`;
      }),
      ...this.places(0, this.begins(0), () => `in ${one} alone`),
      ...this.places(1, this.begins(1), () => `in ${other} alone`),
    ];
    const more = parts.length > MOST_PARTS ? [element("li", {}, `and at ${counted(parts.length - MOST_PARTS, "more place")}`)] : [];
    const isLike = this.isSame && !parts.length;
    const same = isLike
      ? "Both have the same operations, and go step by step."
      : this.isSame
        ? "Both have the same arrows, and go step by step. They part at:"
        : `They go together where names or operations are the same; ${one} sets the pace. They part at:`;
    return [
      element("h2", {}, `${one} and ${other}`),
      element("p", {}, same),
      ...(isLike ? [] : [element("ul", {}, ...parts.slice(0, MOST_PARTS), ...more)]),
      element("p", { class: "quiet" }, "≠ marks numbers that differ, ∂≠ gradients alone, and + what only one of them has."),
    ];
  }

  /** Return the nodes without a partner all of whose operands have one: there a part that is added begins. */
  begins(side) {
    const graph = this.graphs[side];
    const alone = new Set(this.alone[side].filter((node) => graph.kinds[node] !== CONSTANT));
    return [...alone].filter((node) => !graph.parents[node].some((parent) => alone.has(parent)));
  }

  /** List nodes, those of an array once, each with a button that shows it. */
  places(side, nodes, told) {
    const view = this.explorer.views[side];
    const { graph, cut } = view;
    const found = new Map();
    for (const node of nodes) {
      const [group] = cut.groupsOf(node);
      const name = group === undefined ? graph.name(node) : cut.group[group].title;
      const key = `${name}: ${told(node)}`;
      found.set(key, [...(found.get(key) ?? []), [node, name, told(node)]]);
    }
    return [...found.values()].map(([[node, name, text], ...others]) => {
      const times = others.length ? ` (${counted(others.length + 1, "box", "boxes")})` : "";
      return element("li", {}, element("button", { onclick: () => this.show(view, node) }, name), ` ${text}${times}`);
    });
  }

  show(view, node) {
    const { explorer } = this;
    explorer.change(view, () => view.cut.reveal(node));
    explorer.select(view, view.cut.boxOf(node));
    view.show(view.cut.boxOf(node));
    explorer.tell(`${explorer.called(view, node)}, in ${this.titles[explorer.views.indexOf(view)]}.`);
  }
}
