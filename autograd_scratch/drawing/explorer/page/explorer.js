// The page: its graphs side by side, what steps through them, and what is told of that.

const HINT = ["The forward and the backward pass are done. Click a box to see how its gradient comes about",
  ", one with a double frame to see what is inside", "; ⇤ goes to the start, › takes a step."];

class Explorer {
  constructor(page) {
    this.page = page;
    this.graphs = page.graphs.map((data) => new Graph(data));
    this.views = this.graphs.map((graph) => new View(this, graph));
    this.inspector = new Inspector(this);
    this.pair = this.graphs.length > 1 ? new InStep(this) : null;
    this.guests = [page.report ? new HandReport(this) : null, this.pair].filter(Boolean);
    this.status = element("p", { class: "status", role: "status", "aria-live": "polite" });
    this.views.forEach((view) => {
      new Pointers(view);
      new Keys(view);
    });
    new PageKeys(this);
    addEventListener("beforeprint", () => this.views.forEach((view) => view.print()));
    addEventListener("afterprint", () => this.views.forEach((view) => view.printed()));
    this.isStatic = this.graphs.some((graph) => graph.isStatic);
    this.build();
  }

  build() {
    const { page, views } = this;
    this.controls = new Controls(this);
    this.training = page.training && trainingPanel(page.training, (weights) => this.take("weights", weights),
      page.rows?.numbers.length > 1);
    const side = element("aside", {},
      ...this.guests.map((guest) => guest.element), this.inspector.element, this.training);
    const panes = views.map(({ pane }, i) => element("figure", {},
      this.pair ? element("figcaption", {}, this.pair.titles[i]) : null, pane));
    document.body.replaceChildren(this.controls.head,
      element("main", {}, element("div", { class: "panes" }, ...panes), side),
      ...(this.isStatic ? [] : [this.controls.foot]), this.status);
  }

  /** Give the leaves that stand for a row, or for the weights, their numbers. */
  take(name, numbers) {
    const [graph] = this.graphs;
    if (!graph.canRun) return;
    graph.set(graph[name].flatMap((node, i) => (node < 0 ? [] : [[node, numbers[i]]])));
    this.steps[0].forget();
    this.steps[0].refresh();
    this.renew();
  }

  derive() {
    this.graphs.forEach((graph, i) => {
      graph.derive(Number(this.controls.roots.value));
      this.steps[i] = new Steps(graph);
    });
    this.renew();
    this.tell(`Both passes are done, from ${this.graphs[0].name(this.graphs[0].root)}.`);
  }

  async start() {
    this.steps = this.isStatic ? null : this.graphs.map((graph) => new Steps(graph));
    this.views.forEach((view) => (this.pair ? view.draw() : view.begin()));
    this.pair?.place();
    this.views.forEach((view) => view.fit(SMALLEST));
    this.inspector.show(this.views[0], this.views[0].current);
    await Promise.all(this.graphs.map((graph) => graph.load()));
    this.steps = this.isStatic ? null : this.graphs.map((graph) => new Steps(graph));
    for (const choice of [this.controls.roots, this.controls.rows]) if (choice) choice.disabled = !this.graphs[0].canRun;
    this.renew();
    this.tell(this.note);
    this.views.forEach((view) => view.fit(SMALLEST)); // into what the note has left
  }

  get note() {
    const lacks = this.graphs.find((graph) => graph.lacks)?.lacks;
    const broken = this.graphs.map((graph) => (graph.isStatic ? -1 : graph.firstBroken()));
    const at = broken.findIndex((node) => node >= 0);
    const first = at < 0 ? "" : ` ${this.graphs[at].name(broken[at])} is the first number that is not finite.`;
    const fixed = lacks ? ` Numbers cannot be changed here: ${lacks}.` : "";
    const hint = this.isStatic ? "" : HINT.filter((_, i) => i !== 1 || this.views.some((view) => view.isClosed)).join("");
    return [...this.page.notes, hint + first + fixed].join(" ").trim();
  }

  stepsOf(view) {
    return this.steps?.[this.views.indexOf(view)];
  }

  tell(text) {
    say(this.status, text);
  }

  /** Write all numbers and marks of the moment. */
  renew() {
    this.marks();
    const [view, id] = this.inspector.shown ?? [];
    if (view && !this.isStatic) this.inspector.show(view, id);
    if (!this.steps) return;
    this.controls.renew(this.steps[0]);
  }

  marks() {
    this.views.forEach((view, i) => {
      if (!view.elements) return;
      if (this.steps) view.marks.write(this.steps[i]);
      view.marks.mark(this.steps?.[i]);
      this.guests.forEach((guest) => guest.mark(view));
    });
  }

  /** Take some steps, forth or back. */
  step(count) {
    this.each((steps) => steps.go(steps.at + count));
  }

  /** Go on until the next node, as far as it can be seen, is done. */
  stepNode(direction) {
    const [view] = this.views;
    const [first] = this.steps ?? [];
    if (first) this.step(first.nodeAfter(direction, (node) => view.cut.boxOf(node)) - first.at);
  }

  /** Go to a step; Infinity is the end of the backward pass. */
  goTo(place) {
    this.each((steps) => steps.go(place === Infinity ? steps.ends[BACKWARD] : place));
  }

  each(go) {
    if (!this.steps) return;
    this.isStepping = true;
    if (this.pair) this.pair.go(go);
    else this.steps.forEach(go);
    this.renew();
    this.tell([this.steps[0].sentence, ...this.guests.map((guest) => guest.sentence(this.steps[0]))].join(""));
    const { last } = this.steps[0];
    if (!last) return;
    const [view] = this.views;
    const box = view.cut.boxOf(last.node);
    view.show(box);
    if (view.selected === null) this.inspector.show(view, box);
  }

  /** Give a leaf a number, in each graph that has it. */
  set(view, id, number) {
    if (!Number.isFinite(number) || !view.graph.canMove(id)) return;
    this.steps.forEach((steps) => steps.forget());
    for (const [each, node] of [[view, id], ...(this.pair?.moved(view, id) ?? [])]) {
      each.graph.set([[node, number]]);
      this.stepsOf(each).refresh();
    }
    this.renew();
    this.tell(`${view.graph.name(id)} is ${brief(number)}; ${view.graph.name(view.graph.root)} is ` +
      `${brief(view.graph.values[view.graph.root])}.`);
  }

  nudge(view, id, direction) {
    if (!view.graph.canMove?.(id)) {
      const why = view.graph.lacks || "only inputs and parameters can be changed";
      this.tell(`${this.called(view, id)} stays as it is: ${why}.`);
      return;
    }
    const number = view.graph.values[id];
    this.set(view, id, Number((number + direction * 0.05 * Math.max(Math.abs(number), 1)).toPrecision(12)));
  }

  called(view, id) {
    return id < 0 ? view.cut.group[~id].title : view.graph.name?.(id) ?? view.graph.titles[id];
  }

  /** A click opens a group, and shows the ledger of anything else. */
  click(view, id) {
    if (id < 0) this.toggle(view, ~id);
    else this.select(view, id);
    view.elements.get(view.cut.boxOf(id))?.focus({ preventScroll: true });
  }

  select(view, id) {
    this.views.forEach((each) => (each.selected = each === view ? id : this.pair.boxBeside(view, id)));
    if (id !== null) {
      view.stopAt(id);
      this.inspector.show(view, id);
    }
    this.marks();
  }

  hover(view, id) {
    const chosen = id ?? view.selected;
    if (chosen !== null) this.inspector.show(view, chosen);
  }

  focused(view, id) {
    this.inspector.show(view, id);
    view.elements.get(id).setAttribute("aria-label", this.described(view, id));
    view.show(id);
  }

  /** Say in words what a box shows. */
  described(view, id) {
    const { graph } = view;
    if (id < 0) {
      return `${this.called(view, id)}, ${view.cut.group[~id].kind} of ${view.inside.get(id).length} numbers, closed`;
    }
    if (graph.isStatic) return [graph.titles[id], ...graph.told[id]].join(", ");
    const steps = this.stepsOf(view);
    const value = steps.isKnown[id] ? `value ${brief(steps.value(id))}` : "not computed yet";
    const slope = steps.hasSlope[id] ? `, gradient ${brief(steps.soFar[id])}` : "";
    return `${graph.name(id)}, ${KINDS[graph.kinds[id]]}, ${value}${slope}`;
  }

  focus(view, id) {
    view.elements.get(id)?.setAttribute("aria-label", this.described(view, id));
    view.elements.get(id)?.focus({ preventScroll: true });
  }

  /** Open the ledger of a box; of a group the group. */
  open(view, id) {
    if (id < 0) {
      this.toggle(view, ~id);
      return;
    }
    this.select(view, id);
    this.inspector.title.focus();
  }

  /** Go back from the ledger to the box. */
  return() {
    const [view] = this.inspector.shown;
    this.focus(view, view.current);
  }

  /** Escape: put out what is lit, or else close the group around. */
  back(view) {
    if (view.selected !== null) this.select(view, null);
    else this.toggle(view, view.cut.outer(view.current));
  }

  toggle(view, group) {
    if (group === undefined || group < 0) return;
    const isOpen = view.cut.isOpen[group];
    const [inner] = view.cut.nodesIn(~group);
    this.change(view, () => view.cut.toggle(group));
    this.pair?.toggle(view, group, !isOpen);
    view.stopAt(isOpen ? ~group : view.cut.boxOf(inner));
    this.focus(view, view.current);
  }

  /** Open or close something, and say so if that would be too much. */
  change(view, open, isFitted = false) {
    if (!open()) {
      this.tell(`That would be more than ${MOST_BOXES.toLocaleString("en")} boxes; close something first.`);
      return;
    }
    const changed = isFitted ? this.views : [view];
    for (const each of changed) {
      each.draw();
      if (isFitted) each.fit(SMALLEST);
    }
    const [shown, id] = this.inspector.shown ?? [];
    if (shown && !shown.elements.has(id)) this.inspector.show(shown, shown.current);
  }

  /** Go to the next box whose name has what is searched for. */
  find(skip = 0) {
    const text = this.controls.search.value.trim().toLowerCase();
    if (!text) return;
    const isNew = (view) => (node) => view === this.views[0] || this.pair.partner(view.graph, node) < 0;
    const isOther = ([view, node]) => !this.called(view, node).toLowerCase().startsWith(text);
    const found = this.views.flatMap((view) => view.find(text).filter(isNew(view)).map((node) => [view, node]))
      .sort((one, other) => isOther(one) - isOther(other));
    if (!found.length) {
      this.tell(`Nothing is called ${this.controls.search.value}.`);
      return;
    }
    this.found = skip ? ((this.found ?? -1) + skip) % found.length : 0;
    const [view, node] = found[this.found];
    this.change(view, () => view.cut.reveal(node));
    this.pair?.reveal(view, node);
    this.select(view, view.cut.boxOf(node));
    view.show(view.cut.boxOf(node));
    this.tell(`${this.found + 1} of ${found.length}: ${this.called(view, node)}.`);
  }
}
