// What is done in one of two graphs is done in the other: steps, numbers, groups, what is selected.

const READABLE_ZOOM = 0.75;

/** Whether numbers differ by more than rounding. */
function isApart(a, b) {
  return !Object.is(a, b) && !(Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b)));
}

class InStep extends Pair {
  /** Take steps in the first graph, and as far as they go in the second. */
  go(go) {
    const [first, second] = this.explorer.steps;
    go(first);
    while (second.round < first.round && second.graph.canStep) {
      second.go(second.events.length);
      second.go(second.events.length + 1);
    }
    while (second.round > first.round && second.before.length) second.go(-1);
    second.go(this.there(first, second)[first.at]);
    const { last } = second;
    const [, view] = this.explorer.views;
    if (last) view.show(view.cut.boxOf(last.node));
  }

  /** Return how far the second graph is, for each moment of the first. */
  there(first, second) {
    if (this.known?.first === first && this.known.second === second) return this.known.moments;
    const key = (graph, { phase, edge }, node, source) =>
      `${phase} ${node} ${source} ${edge < 0 ? -1 : edge - graph.start[graph.heads[edge]]}`;
    const [one, other] = this.graphs;
    const places = new Map(second.events.map((event, i) => [key(other, event, event.node, event.source), i + 1]));
    const partner = (node) => (node < 0 ? -1 : this.partners[0][node]);
    const moments = [0];
    first.events.forEach((event, i) => {
      const place = places.get(key(one, event, partner(event.node), partner(event.source)));
      const phase = first.ends.indexOf(i + 1);
      moments.push(Math.max(moments.at(-1), place ?? 0, ...(phase >= 0 ? [second.ends[phase]] : [])));
    });
    this.known = { first, second, moments };
    return moments;
  }

  /** Return which leaf of the other graph moves with one, if it had the same number. */
  moved(view, id) {
    const side = this.graphs.indexOf(view.graph);
    const other = this.partners[side][id];
    const isLinked = other >= 0 && this.isLinked[side ? other : id];
    return isLinked ? [[this.explorer.views[1 - side], other]] : [];
  }

  /** Return the box of the other graph that stands for a box, or null. */
  boxBeside(view, id) {
    if (id === null) return null;
    const side = this.explorer.views.indexOf(view);
    const other = this.explorer.views[1 - side];
    if (id < 0) {
      const group = this.groupBeside(view, ~id);
      return group === undefined ? null : other.cut.boxOf(~group);
    }
    const node = this.partners[side][id] ?? -1;
    return node < 0 ? null : other.cut.boxOf(node);
  }

  /** Return the group of the other graph with the same title, or else of the same kind, that holds the same. */
  groupBeside(view, group) {
    const side = this.explorer.views.indexOf(view);
    const other = this.explorer.views[1 - side];
    const { title, kind } = view.cut.group[group];
    const nodes = view.cut.nodesIn(~group).map((node) => this.partners[side][node]).filter((node) => node >= 0);
    const around = nodes.slice(0, 1).flatMap((node) => other.cut.groupsOf(node)).map((each) => [each, other.cut.group[each]]);
    const found = around.find(([, each]) => each.title === title) ?? around.find(([, each]) => each.kind === kind);
    return found?.[0];
  }

  /** Open or close the group of the other graph, too. */
  toggle(view, group, isOpen) {
    if (this.isStatic) return;
    const other = this.explorer.views.find((each) => each !== view);
    const beside = this.groupBeside(view, group);
    if (beside === undefined || other.cut.isOpen[beside] === isOpen) return;
    this.explorer.change(other, () => other.cut.toggle(beside));
  }

  /** Open what is around a node in the other graph, too, and bring it into sight. */
  reveal(view, node) {
    const side = this.explorer.views.indexOf(view);
    const beside = this.partners[side][node] ?? -1;
    if (beside < 0) return;
    const other = this.explorer.views[1 - side];
    this.explorer.change(other, () => other.cut.reveal(beside));
    other.show(other.cut.boxOf(beside));
  }

  show(view, node) {
    super.show(view, node);
    this.reveal(view, node);
  }

  /** Mark boxes of which a number or a gradient differs, and those that stand in one graph alone. */
  mark(view) {
    const { views, steps } = this.explorer;
    if (this.isStatic || !steps) return;
    const side = views.indexOf(view);
    const [own, other] = [steps[side], steps[1 - side]];
    const partners = this.partners[side];
    for (const [id, made] of view.elements) {
      const nodes = view.inside.get(id);
      const isAlone = nodes.every((node) => partners[node] < 0);
      const both = nodes.filter((node) => partners[node] >= 0);
      const isOther = both.some((node) => this.hasOtherValue(own, node, other, partners[node]));
      const isSteeper = !isOther && both.some((node) => this.hasOtherSlope(own, node, other, partners[node]));
      made.classList.toggle("alone", isAlone);
      made.classList.toggle("differs", isOther);
      made.classList.toggle("slope", isSteeper);
    }
  }

  hasOtherValue(own, node, other, beside) {
    return own.isKnown[node] && other.isKnown[beside] && isApart(own.value(node), other.value(beside));
  }

  hasOtherSlope(own, node, other, beside) {
    return (own.hasSlope[node] && other.hasSlope[beside] && isApart(own.soFar[node], other.soFar[beside])) ||
      (own.isWhole && other.isWhole && own.graph.isReached[node] !== other.graph.isReached[beside]);
  }

  /** Put the graphs one below the other where they would be too small to read beside each other. */
  place() {
    const panes = this.explorer.views[0].pane.closest(".panes");
    const [width, height] = [panes.clientWidth, panes.clientHeight];
    const zoom = (across, down) => Math.min(...this.explorer.views.map(
      ({ drawn }) => Math.min(width / across / drawn.width, height / down / drawn.height)));
    panes.classList.toggle("stacked", zoom(2, 1) < READABLE_ZOOM && zoom(1, 2) > zoom(2, 1));
  }

  /** Return a table of the numbers of both graphs, and their difference. */
  facts(graph, id) {
    const { steps } = this.explorer;
    if (this.isStatic || !steps) return [];
    const side = this.graphs.indexOf(graph);
    const beside = this.partners[side][id];
    if (beside < 0) return [element("p", { class: "quiet" }, `Only ${this.titles[side]} has it.`)];
    const nodes = side ? [beside, id] : [id, beside];
    const values = steps.map((each, i) => (each.isKnown[nodes[i]] ? each.value(nodes[i]) : null));
    const slopes = steps.map((each, i) => (each.hasSlope[nodes[i]] ? each.soFar[nodes[i]] : null));
    const row = (name, [a, b]) => [name, ...[a, b].map((each) => (each === null ? "–" : brief(each))),
      a === null || b === null ? "–" : brief(b - a)];
    return [this.explorer.inspector.table("Beside each other", ["number", ...this.titles, "difference"],
      [row("value", values), row("gradient", slopes)])];
  }

  /** Return a table of the nodes of a group in both graphs. */
  factsOf(graph, nodes) {
    const { steps } = this.explorer;
    if (this.isStatic || !steps) return [];
    const side = this.graphs.indexOf(graph);
    const own = nodes.filter((node) => this.partners[side][node] >= 0 && graph.kinds[node] !== CONSTANT);
    const rows = own.map((node) => {
      const both = side ? [this.partners[1][node], node] : [node, this.partners[0][node]];
      const values = steps.map((each, i) => (each.isKnown[both[i]] ? brief(each.value(both[i])) : "–"));
      const slopes = steps.map((each, i) => (each.hasSlope[both[i]] ? brief(each.soFar[both[i]]) : "–"));
      return [graph.name(node), ...values, ...slopes];
    });
    const [one, other] = this.titles;
    return rows.length
      ? [this.explorer.inspector.table("Beside each other", ["name", one, other, `gradient: ${one}`, other], rows)]
      : [];
  }

  /** Say what was done in the second graph, if it is something else. */
  sentence(first) {
    const [, second] = this.explorer.steps;
    const { last } = first;
    if (!last) return "";
    const isThere = second.last && second.last.phase === last.phase &&
      this.partners[0][last.node] === second.last.node && (last.source < 0 || this.partners[0][last.source] === second.last.source);
    if (!isThere) return ` Nothing in ${this.titles[1]} corresponds to this.`;
    const [ours, theirs] = [first, second].map((steps) => steps.sentence.slice(steps.told.length));
    return ours === theirs ? ` The same in ${this.titles[1]}.` : ` In ${this.titles[1]}: ${theirs}`;
  }
}
