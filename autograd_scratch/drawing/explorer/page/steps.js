// Forward, backward, update: one event for each value, each product of the chain rule, each parameter.

const PHASES = ["Forward", "Backward", "Update"];
const [FORWARD, BACKWARD, UPDATE] = PHASES.keys();
const MOST_ROUNDS = 200;

class Steps {
  constructor(graph) {
    this.graph = graph;
    this.round = 0;
    this.before = [];
    graph.forget();
    this.plan();
    this.go(this.ends[BACKWARD]);
  }

  /** List the events of a round: what is done, to which node, along which edge. */
  plan() {
    const { graph } = this;
    const operations = [];
    graph.parents.forEach((parents, node) => parents.length && operations.push(node));
    this.events = operations.map((node) => ({ phase: FORWARD, node, source: node, edge: -1 }));
    this.ends = [this.events.length];
    this.events.push({ phase: BACKWARD, node: graph.root, source: graph.root, edge: -1 });
    for (const source of operations.reverse()) {
      if (!graph.isReached[source]) continue;
      graph.parents[source].forEach((node, i) => {
        const edge = graph.start[source] + i;
        if (graph.hasGradient(node)) this.events.push({ phase: BACKWARD, node, source, edge });
      });
    }
    this.ends.push(this.events.length);
    if (graph.canStep) {
      for (const node of graph.moving) {
        if (graph.isReached[node]) this.events.push({ phase: UPDATE, node, source: -1, edge: -1 });
      }
    }
    this.ends.push(this.events.length);
    this.soFar = new Float64Array(graph.size);
    this.isKnown = new Uint8Array(graph.size);
    this.hasSlope = new Uint8Array(graph.size);
    this.isMoved = new Uint8Array(graph.size);
    this.added = new Uint8Array(graph.tails.length);
    this.clear();
  }

  clear() {
    this.at = 0;
    this.graph.parents.forEach((parents, node) => (this.isKnown[node] = parents.length ? 0 : 1));
    this.soFar.fill(-0);
    this.hasSlope.fill(0);
    this.isMoved.fill(0);
    this.added.fill(0);
    this.after = null;
  }

  /** Say that numbers have changed, of which all that was done stays done. */
  refresh() {
    const { at } = this;
    this.clear();
    this.go(at);
  }

  /** Go to the moment after so many events; over the end of a round the next one begins. */
  go(to) {
    if (to > this.events.length && this.canGoOn) return this.next();
    if (to < 0 && this.before.length) return this.former();
    to = Math.max(0, Math.min(to, this.events.length));
    if (to < this.at) this.clear();
    while (this.at < to) this.take(this.events[this.at++]);
  }

  take({ phase, node, edge }) {
    if (phase === FORWARD) this.isKnown[node] = 1;
    else if (phase === BACKWARD) {
      this.sumBefore = this.soFar[node];
      this.soFar[node] = edge < 0 ? 1 : this.soFar[node] + this.graph.contributions[edge];
      this.hasSlope[node] = 1;
      if (edge >= 0) this.added[edge] = 1;
    } else {
      this.after ??= this.graph.stepped();
      this.isMoved[node] = 1;
    }
  }

  get canGoOn() {
    return this.at === this.events.length && this.at > this.ends[BACKWARD];
  }

  /** Begin the next round, with the parameters after the update. */
  next() {
    this.before.push(this.graph.state);
    if (this.before.length > MOST_ROUNDS) this.before.shift();
    this.graph.state = this.after ?? this.graph.stepped();
    this.round++;
    this.clear();
  }

  /** Go back to the end of the round before. */
  former() {
    this.graph.state = this.before.pop();
    this.round--;
    this.clear();
    this.go(this.events.length);
  }

  /** Forget the rounds that were, as other numbers were given, and what the optimizer remembers of them. */
  forget() {
    this.graph.forget();
    this.before = [];
    this.round = 0;
    if (this.after) this.refresh();
  }

  get isWhole() {
    return this.at >= this.ends[BACKWARD];
  }

  get last() {
    return this.at ? this.events[this.at - 1] : null;
  }

  value(node) {
    return this.isMoved[node] ? this.after.values[node] : this.graph.values[node];
  }

  /** Return the next moment, or the one before, at which a node is done: what `key` gives changes. */
  nodeAfter(direction, key) {
    const { events } = this;
    const done = ({ phase, source, node }) => `${phase} ${key(phase === BACKWARD ? source : node)}`;
    const told = (i) => done(events[i]);
    let to = this.at + direction;
    if (direction > 0) {
      while (to > 0 && to < events.length && told(to) === told(to - 1)) to++;
    } else {
      while (to > 0 && told(to) === told(to - 1)) to--;
    }
    return to;
  }

  /** Say in a sentence what was done last. */
  get sentence() {
    const { graph, last } = this;
    if (!last) return `${this.told}Only inputs, parameters and constants have values. Next is the forward pass.`;
    const name = graph.name(last.node);
    const root = graph.name(graph.root);
    if (last.phase === FORWARD) {
      const equation = graph.equations[last.node].replace(/^[\w.]+: /, ""); // without whose it is
      const isSame = name.replaceAll(" ", "") === equation.replaceAll(" ", "");
      const called = isSame ? equation : `${name} = ${equation}`;
      return `${this.told}${called} gives ${brief(graph.values[last.node])}${this.operands(last.node)}.`;
    }
    if (last.phase === UPDATE) {
      const [from, to] = [graph.values, this.after.values].map((values) => brief(values[last.node]));
      const slope = brief(graph.isReached[last.node] ? graph.adjoints[last.node] : 0);
      const [, rate] = /^SGD\(lr=([\d.e-]+)\)$/.exec(graph.optimizer) ?? [];
      return rate
        ? `${this.told}${graph.optimizer} moves ${name} against its gradient: ${from} - ${rate} × ${slope} = ${to}.`
        : `${this.told}${graph.optimizer} moves ${name} from ${from} to ${to}; its gradient is ${slope}.`;
    }
    if (last.edge < 0) return `${this.told}it begins at ${root}, whose derivative with respect to itself is 1.`;
    const [adjoint, partial, part] = [
      graph.adjoints[last.source], graph.partials[last.edge], graph.contributions[last.edge],
    ].map(brief);
    const product = `${adjoint} × ${partial} = ${part}`;
    const local = `the local derivative ${graph.partial(last.edge)}`.trim();
    return `${this.told}${name} gets the gradient of ${graph.name(last.source)} times ${local}: ` +
      `${product}${this.sum(last.node)}.`;
  }

  /** Say from which numbers something was computed, if that is short. */
  operands(node) {
    const { graph } = this;
    const own = [...new Set(graph.parents[node])].map((parent) => [graph.name(parent), brief(graph.values[parent])]);
    const told = own.filter(([name, number]) => name !== number).map((each) => each.join(" = ")).join(", ");
    return told && own.length < 5 && own.every(([name]) => name.length < 32) ? `, from ${told}` : "";
  }

  /** Say to what a product of several is added. */
  sum(node) {
    const { graph } = this;
    const uses = graph.users[node].filter((edge) => graph.isReached[graph.heads[edge]]);
    if (uses.length < 2) return "";
    const count = uses.filter((edge) => this.added[edge]).length;
    const told = `, contribution ${count} of ${uses.length}`;
    return count > 1 ? `${told}; added to ${brief(this.sumBefore)} it makes ${brief(this.soFar[node])}` : told;
  }

  get told() {
    const { last, ends } = this;
    const round = this.round ? `Round ${this.round + 1}. ` : "";
    if (!last) return round;
    const from = last.phase ? ends[last.phase - 1] : 0;
    return `${round}${PHASES[last.phase]}, ${this.at - from} of ${ends[last.phase] - from}: `;
  }
}
