// What of a view changes from step to step: numbers, marks, labels. Only what is new is written.

const MOST_LABELS = 24;
const AT_ONCE = 40; // boxes whose texts a frame has time for

class Marks {
  constructor(view) {
    this.view = view;
    this.lit = element("svg:path", { class: "lit" });
    this.now = element("svg:path", { class: "now" });
    this.locals = element("div", { "aria-hidden": "true" });
  }

  /** Begin with boxes in which nothing is written, and of which none is marked. */
  begin() {
    this.written = new Map();
    this.waiting = [];
    this.marked = { at: new Set(), lit: new Set(), selected: new Set(), broken: new Set() };
    this.litFor = null;
  }

  /** Write the numbers of the moment into the boxes: of very many those in sight, and the others frame by frame. */
  write(steps) {
    const { graph, elements, results } = this.view;
    if (graph.isStatic) return;
    const changed = [];
    for (const [id, made] of elements) {
      if (id < 0) {
        const [, value, slope] = made.childNodes;
        say(value, this.range(results.get(id), steps));
        say(slope, this.norm(results.get(id), steps));
        this.tighten(id, value.textContent.length);
        continue;
      }
      const former = this.written.get(id) ?? [];
      const number = steps.isKnown[id] ? steps.value(id) : "…";
      const gradient = steps.hasSlope[id] ? steps.soFar[id] : steps.isWhole ? "no grad" : "";
      if (!Object.is(former[0], number) || !Object.is(former[1], gradient)) changed.push([id, number, gradient]);
    }
    cancelAnimationFrame(this.frame);
    this.waiting = changed.length > AT_ONCE ? this.inTurn(changed) : changed;
    this.writeSome();
  }

  /** Let boxes in sight come first, and of these those that have waited longest. */
  inTurn(changed) {
    const queue = new Map(this.waiting.map(([id]) => [id, null]));
    for (const each of changed) queue.set(each[0], each);
    const found = [...queue.values()].filter(Boolean);
    return [true, false].flatMap((isNear) => found.filter(([id]) => this.view.isInSight(id) === isNear));
  }

  writeSome(count = AT_ONCE) {
    const now = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    for (const [id, number, gradient] of now) {
      const [, value, slope] = this.view.elements.get(id).childNodes;
      const former = this.written.get(id) ?? [];
      if (!Object.is(former[0], number)) value.textContent = number === "…" ? number : brief(number);
      if (slope && !Object.is(former[1], gradient)) slope.textContent = gradient.length >= 0 ? gradient : brief(gradient);
      this.tighten(id, value.textContent.length + (slope?.textContent.length ?? 0));
      this.written.set(id, [number, gradient]);
    }
    if (this.waiting.length) this.frame = requestAnimationFrame(() => this.writeSome());
  }

  /** Write smaller what a line of the box has no room for. */
  tighten(id, signs) {
    this.view.elements.get(id).classList.toggle("tight", SIGN * signs > this.view.sizeOf(id).width - 28);
  }

  range(nodes, steps) {
    const numbers = nodes.filter((node) => steps.isKnown[node]).map((node) => steps.value(node));
    if (!numbers.length) return "…";
    const broken = numbers.filter(Number.isNaN).length;
    if (broken) return `${broken} of ${numbers.length} nan`;
    const [low, high] = [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
    if (low === high) return `${numbers.length > 1 ? "all " : ""}${brief(low)}`;
    return `${brief(low)} to ${brief(high)}`;
  }

  norm(nodes, steps) {
    const slopes = nodes.filter((node) => steps.hasSlope[node]).map((node) => steps.soFar[node]);
    if (nodes.length === 1 && slopes.length) return `grad ${brief(slopes[0])}`;
    return slopes.length ? `grad norm ${brief(Math.hypot(...slopes))}` : "";
  }

  /** Mark the event of the moment, what is selected, and its paths to the loss. */
  mark(steps) {
    const { view } = this;
    const last = view.explorer.isStepping ? steps.last : null;
    const place = last ? view.drawnAs.get(last.edge) : undefined;
    this.now.setAttribute("d", place === undefined ? "" : view.drawn.paths[place]);
    this.label(last?.edge);
    const nodes = last ? [last.node, last.source].filter((node) => node >= 0) : [];
    this.all("at", nodes.map((node) => view.cut.boxOf(node)));
    const broken = steps ? view.graph.firstBroken() : -1;
    this.all("broken", steps?.isKnown[broken] ? [view.cut.boxOf(broken)] : []);
    this.all("selected", view.selected === null ? [] : [view.selected]);
    const lit = view.selected === null ? "" : `${view.selected} ${view.graph.root}`;
    if (this.litFor === lit) return;
    this.litFor = lit;
    const found = lit && !view.graph.isStatic ? view.cut.nodesIn(view.selected).map((node) => view.graph.paths(node)) : [];
    const places = new Set(found.flatMap(({ edges }) => edges.map((edge) => view.drawnAs.get(edge))));
    this.lit.setAttribute("d", [...places].map((i) => view.drawn.paths[i] ?? "").join(""));
    this.all("lit", found.flatMap((each) => [...each.nodes].map((node) => view.cut.boxOf(node))));
  }

  /** Give these boxes a class, and take it from the others. */
  all(name, ids) {
    const [former, now] = [this.marked[name], new Set(ids)];
    for (const id of former) if (!now.has(id)) this.view.elements.get(id)?.classList.remove(name);
    for (const id of now) if (!former.has(id)) this.view.elements.get(id)?.classList.add(name);
    this.marked[name] = now;
  }

  /** Write local derivatives at the arrows into what is selected, and at that of the moment. */
  label(edge) {
    const { graph, selected, drawn, drawnAs } = this.view;
    const inner = selected !== null && selected >= 0 && !graph.isStatic ? graph.parents[selected] : [];
    const edges = [...inner.slice(0, MOST_LABELS).map((_, i) => graph.start[selected] + i), edge];
    const shown = new Set(edges.filter((each) => graph.hasGradient(graph.tails[each]) && drawnAs.has(each)));
    this.locals.replaceChildren(...[...shown].map((each) => {
      const text = brief(graph.partials[each]);
      const made = element("small", { class: text.length > 7 ? "tight" : null }, text);
      const [x, y] = drawn.ends[drawnAs.get(each)];
      made.style.transform = `translate(${x - 8}px,${y - 2}px) translate(-100%,-100%)`;
      return made;
    }));
  }
}
