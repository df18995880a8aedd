// Boxes, frames and arrows of a graph in a pane that moves and zooms.

const HEADER = 22;
const SIGN = 7.3; // pixels of a letter
const LONGEST_FORMULA = 17; // signs, for which a box is no wider than its numbers make it
const SMALLEST = 0.6; // scale at which texts are read
const LEGIBLE = 0.85; // where the pane has to be moved anyway
const EDGE = 24; // pixels around the graph, for what is written over a box
const PAPER = 690; // pixels that A4 and Letter have between their margins
const ZOOMS = [0.05, 4];

class View {
  constructor(explorer, graph) {
    this.explorer = explorer;
    this.graph = graph;
    this.cut = new Cut(graph);
    this.arrows = element("svg:path", { class: "arrows" });
    this.tips = element("svg:path", { class: "tips" });
    this.marks = new Marks(this);
    const { lit, now, locals } = this.marks;
    const drawing = (...paths) => element("svg:svg", { "aria-hidden": "true" }, ...paths);
    this.frames = element("div");
    this.boxes = element("div");
    this.front = element("div", { class: "front" }, this.frames, this.boxes, locals);
    this.world = element("div", { class: "world" }, drawing(this.arrows, this.tips), drawing(lit, now), this.front);
    this.pane = element("div", { class: "pane", role: "group", "aria-label": this.label }, this.world);
    this.place = { x: 0, y: 0, zoom: 1 };
    this.current = this.cut.boxOf(graph.root ?? 0);
    this.selected = null;
    this.room = { width: 0, height: 0 };
    new ResizeObserver(() => this.resized()).observe(this.pane);
  }

  /** Fit the graph into a pane of another size, unless a person has moved it, or it is on paper. */
  resized() {
    this.measure();
    if (this.drawn && !this.isMoved && !this.onScreen) this.fit(SMALLEST);
  }

  /** Take the size of the pane, which is not asked for again while something is drawn. */
  measure() {
    this.room = { width: this.pane.clientWidth, height: this.pane.clientHeight };
  }

  get label() {
    const { graph } = this;
    return `Computation graph of ${counted(graph.size, "box", "boxes")}. Arrow keys go along the edges, Enter ` +
      `tells how a gradient comes about, Space opens and closes groups.`;
  }

  /** Lay the boxes out that are to be seen, and draw them anew. */
  draw() {
    const { cut } = this;
    this.inside = cut.boxes;
    this.results = new Map([...this.inside].map(([id, nodes]) => [id, cut.results(nodes)]));
    const boxes = [...this.inside.keys()].map((id) => ({ id, ...this.sizeOf(id), frame: cut.outer(id) }));
    const frames = cut.frames.map((id) => ({ id, frame: cut.group[id].outer, header: HEADER }));
    this.edges = this.edgesBetween();
    this.drawn = layout(boxes, frames, this.edges);
    this.elements = new Map(boxes.map((box) => [box.id, this.box(box)]));
    this.boxes.replaceChildren(...this.elements.values());
    for (const ground of [this.world, this.front]) {
      Object.assign(ground.style, { width: `${this.drawn.width}px`, height: `${this.drawn.height}px` });
    }
    this.frames.replaceChildren(...frames.map(({ id }) => this.frame(id)));
    this.arrows.setAttribute("d", this.drawn.paths.join(""));
    this.tips.setAttribute("d", this.edges.map((_, i) => this.tip(i)).join(""));
    if (!this.elements.has(this.current)) {
      const inner = cut.nodesIn(this.current);
      this.current = cut.boxOf(inner.includes(this.graph.root) ? this.graph.root : inner[0]);
    }
    this.stopAt(this.current);
    this.marks.begin();
    this.explorer.marks();
  }

  /** Draw so deep as was asked for, or fits into the pane and can be read; if nothing does, as can be read. */
  begin() {
    this.draw();
    this.measure();
    if (this.graph.depth) return;
    const { cut, current } = this;
    const deep = cut.isOpen;
    while (!this.isInside) {
      if (cut.coarsen()) this.draw();
      else {
        cut.isOpen = deep;
        this.current = current;
        this.draw();
        break;
      }
    }
  }

  /** Whether a box can be opened. */
  get isClosed() {
    return [...this.elements.keys()].some((id) => id < 0);
  }

  get isInside() {
    const { room, drawn } = this;
    return drawn.width * SMALLEST <= room.width - EDGE && drawn.height * SMALLEST <= room.height - EDGE;
  }

  isInSight(id) {
    const { x, y } = this.drawn.boxes.get(id);
    const { place, room } = this;
    const [left, top] = [x * place.zoom + place.x, y * place.zoom + place.y];
    return left > -200 * place.zoom && top > -50 * place.zoom && left < room.width && top < room.height;
  }

  /** On paper the pane is as high as the graph, which is as wide as the paper. */
  print() {
    const { drawn, pane } = this;
    const zoom = Math.min((PAPER - EDGE) / drawn.width, 1);
    this.onScreen = { ...this.place };
    this.marks.writeSome(Infinity);
    pane.style.height = `${drawn.height * zoom + 2 * EDGE}px`;
    this.move({ x: EDGE / 2, y: EDGE, zoom });
  }

  printed() {
    this.pane.style.height = "";
    this.move(this.onScreen);
    this.onScreen = null;
  }

  sizeOf(id) {
    const { graph } = this;
    const marked = this.explorer.pair ? 16 : 0; // for the sign of what differs
    if (id < 0) return { width: Math.max(160, 26 + marked + SIGN * this.title(id).length), height: 62 };
    if (graph.isStatic) {
      const lines = [this.title(id), ...graph.told[id]];
      const longest = Math.max(...lines.map((line) => line.length));
      return { width: 24 + SIGN * longest, height: 10 + 17 * lines.length };
    }
    const numbers = graph.hasGradient(id) ? 148 : 82;
    return { width: Math.max(numbers, 18 + marked + SIGN * this.title(id).length), height: graph.titles[id] ? 42 : 26 };
  }

  title(id) {
    const title = id < 0 ? this.graph.group[~id].title : this.formula(id) || this.graph.titles[id];
    return title.length > 32 ? `${title.slice(0, 31)}…` : title;
  }

  /** Return what an operation computes, if that is short enough to stand in a box. */
  formula(id) {
    const { names, equations } = this.graph;
    const equation = equations?.[id];
    if (!equation) return "";
    const isSame = !names[id] || names[id].replaceAll(" ", "") === equation.replaceAll(" ", "");
    const text = isSame ? equation : `${names[id]} = ${equation}`;
    return text.length > LONGEST_FORMULA ? "" : text;
  }

  box({ id, width, height }) {
    const { graph } = this;
    const { x, y } = this.drawn.boxes.get(id);
    const kind = id < 0 ? `group ${graph.group[~id].kind}` : graph.isStatic ? "static" : KINDS[graph.kinds[id]];
    const made = element("div", { class: `box ${kind}`, role: "button", tabindex: "-1", "data-id": id },
      this.title(id));
    if (graph.isStatic) made.append(...graph.told[id].map((line) => element("b", {}, line)));
    else made.append(element("b"), ...(id < 0 || graph.hasGradient(id) ? [element("i")] : []));
    Object.assign(made.style, {
      left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px`,
    });
    return made;
  }

  frame(id) {
    const { x, y, width, height } = this.drawn.frames.get(id);
    const { title, kind } = this.graph.group[id];
    const close = element("button", { tabindex: "-1", "data-id": ~id, title: "Close" }, `▾ ${title}`);
    const made = element("div", { class: `frame ${kind}` }, close);
    Object.assign(made.style, {
      left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px`,
    });
    return made;
  }

  /** Return the arrows between boxes; those that stand for many are drawn once. */
  edgesBetween() {
    const { graph, cut } = this;
    const found = new Map();
    graph.tails.forEach((node, edge) => {
      const [tail, head] = [cut.boxOf(node), cut.boxOf(graph.heads[edge])];
      if (tail === head) return;
      const key = tail >= 0 && head >= 0 ? edge : `${tail} ${head}`;
      if (!found.has(key)) found.set(key, { tail, head, inside: [] });
      found.get(key).inside.push(edge);
    });
    this.drawnAs = new Map();
    const edges = [...found.values()];
    edges.forEach(({ inside }, i) => inside.forEach((edge) => this.drawnAs.set(edge, i)));
    return edges;
  }

  tip(i) {
    const [x, y] = this.drawn.ends[i];
    return `M${x} ${y}l-7 -3.5v7z`;
  }

  /** Return the nodes whose names have a text. */
  find(text) {
    const { titles, names } = this.graph;
    return titles.flatMap((title, node) => (`${title} ${names?.[node] ?? ""}`.toLowerCase().includes(text) ? [node] : []));
  }

  /** Make a box the one tab stop. */
  stopAt(id) {
    for (const [box, stop] of [[this.current, "-1"], [id, "0"]]) this.elements.get(box)?.setAttribute("tabindex", stop);
    this.current = id;
  }

  move(place) {
    if (place.zoom) this.badges?.style.setProperty("--zoom", place.zoom);
    Object.assign(this.place, place);
    const { x, y, zoom } = this.place;
    this.world.style.transform = `translate(${x}px,${y}px) scale(${zoom})`;
  }

  /** Zoom by a factor, so that a point stays where it is. */
  zoom(factor, x = this.room.width / 2, y = this.room.height / 2) {
    const zoom = Math.min(Math.max(this.place.zoom * factor, ZOOMS[0]), ZOOMS[1]);
    const share = zoom / this.place.zoom;
    this.isMoved = true;
    this.move({ zoom, x: x - (x - this.place.x) * share, y: y - (y - this.place.y) * share });
  }

  /** Fit the graph into the pane, but at no smaller scale; then what is current is to be seen. */
  fit(least = ZOOMS[0]) {
    this.measure();
    this.isMoved = false;
    const { room, drawn } = this;
    if (least === SMALLEST && !this.isInside) least = LEGIBLE;
    const zoom = Math.max(Math.min((room.width - EDGE) / drawn.width, (room.height - EDGE) / drawn.height, 1.25), least);
    this.move({ zoom, x: (room.width - drawn.width * zoom) / 2, y: (room.height - drawn.height * zoom) / 2 });
    this.show(this.current);
  }

  /** Bring a box into sight. */
  show(id) {
    const { x, y } = this.drawn.boxes.get(id);
    const { width, height } = this.sizeOf(id);
    const { zoom } = this.place;
    const inside = (begin, size, offset, room) => {
      const [low, high] = [begin * zoom + offset, (begin + size) * zoom + offset];
      if (low >= 8 && high <= room - 8) return offset;
      return high - low > room ? 8 - begin * zoom : offset + (low < 8 ? 24 - low : room - 24 - high);
    };
    this.move({
      x: inside(x, width, this.place.x, this.room.width),
      y: inside(y, height, this.place.y, this.room.height),
    });
  }
}
