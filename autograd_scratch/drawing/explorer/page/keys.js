// The keyboard: one tab stop for a graph, arrows along the edges; outside of it they take steps.

const TYPED = "input:not([type=range]), select, textarea"; // what takes letters
const SCROLLED = "input, aside"; // what takes arrows

/** What keys do wherever the focus is, also before anything was clicked. */
class PageKeys {
  constructor(explorer) {
    this.explorer = explorer;
    document.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    const { target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || target.closest(TYPED)) return;
    const done = this.act(event.key) ?? (target.closest(SCROLLED) ? null : this.move(event.key, target));
    if (!done) return;
    event.preventDefault();
    done();
  }

  act(key) {
    const { explorer } = this;
    const views = (act) => () => explorer.views.forEach(act);
    return {
      n: () => explorer.step(1),
      p: () => explorer.step(-1),
      N: () => explorer.stepNode(1),
      P: () => explorer.stepNode(-1),
      f: views((view) => view.fit()),
      "+": views((view) => view.zoom(1.25)),
      "-": views((view) => view.zoom(0.8)),
      "?": () => explorer.tell(KEYS),
      "/": () => explorer.controls.search.focus(),
    }[key];
  }

  /** Presenters' remotes send PageDown and PageUp. */
  move(key, target) {
    const { explorer } = this;
    return {
      ArrowRight: () => explorer.step(1),
      ArrowLeft: () => explorer.step(-1),
      PageDown: () => explorer.step(1),
      PageUp: () => explorer.step(-1),
      Home: () => explorer.goTo(0),
      End: () => explorer.goTo(Infinity),
      " ": target === document.body ? () => explorer.steps && explorer.controls.play() : null,
    }[key];
  }
}

class Keys {
  constructor(view) {
    this.view = view;
    this.explorer = view.explorer;
    view.pane.addEventListener("keydown", (event) => this.press(event));
    view.pane.addEventListener("focusin", ({ target }) => this.enter(target));
  }

  enter(target) {
    const box = target.closest(".box");
    if (!box) return;
    const id = Number(box.dataset.id);
    this.view.stopAt(id);
    this.explorer.focused(this.view, id);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { view, explorer } = this;
    const id = view.current;
    const done = {
      ArrowLeft: () => this.along(-1),
      ArrowRight: () => this.along(1),
      ArrowUp: () => this.beside(-1),
      ArrowDown: () => this.beside(1),
      Enter: () => explorer.open(view, id),
      " ": () => explorer.toggle(view, id < 0 ? ~id : view.cut.outer(id)),
      Escape: () => explorer.back(view),
      f: () => view.fit(),
      "+": () => view.zoom(1.25),
      "-": () => view.zoom(0.8),
      "]": () => explorer.nudge(view, id, 1),
      "[": () => explorer.nudge(view, id, -1),
    }[event.key];
    if (!done) return;
    event.preventDefault();
    done();
  }

  /** Go to what a box takes from, or is taken by: of several to the nearest in height. */
  along(direction) {
    const { view } = this;
    const [from, to] = direction < 0 ? ["head", "tail"] : ["tail", "head"];
    const others = view.edges.filter((edge) => edge[from] === view.current).map((edge) => edge[to]);
    this.nearest([...new Set(others)], true);
  }

  /** Go up or down to what is in the same column. */
  beside(direction) {
    const { view } = this;
    const here = view.drawn.boxes.get(view.current);
    const isBeyond = ({ x, y }) => Math.abs(x - here.x) < 90 && (y - here.y) * direction > 1;
    this.nearest([...view.elements.keys()].filter((id) => isBeyond(view.drawn.boxes.get(id))));
  }

  nearest(ids, isFirst = false) {
    const { view } = this;
    const here = view.drawn.boxes.get(view.current);
    const distance = (id) => {
      const { x, y } = view.drawn.boxes.get(id);
      return isFirst ? Math.abs(y - here.y) : Math.hypot(x - here.x, y - here.y);
    };
    if (ids.length) this.explorer.focus(view, ids.reduce((a, b) => (distance(b) < distance(a) ? b : a)));
  }
}
