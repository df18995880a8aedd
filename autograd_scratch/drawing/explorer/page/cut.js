// Which boxes are to be seen: groups that are closed, and what is in those that are open.

const READABLE = 60;
const MOST_BOXES = 1400;
const LEVELS = { model: "Model", layer: "Layers", array: "Arrays", scalar: "Scalars" };

class Cut {
  constructor(graph) {
    this.graph = graph;
    this.group = graph.group ?? [];
    this.inside = this.group.map(() => []);
    this.around = graph.groups ?? graph.titles.map(() => -1);
    this.group.forEach(({ outer }, i) => outer >= 0 && this.inside[outer].push(~i));
    this.around.forEach((group, node) => group >= 0 && this.inside[group].push(node));
    this.isOpen = this.group.map(() => false);
    if (!graph.depth || !this.show(graph.depth)) this.openReadable();
  }

  /** Boxes are called by numbers: a node by its own, a group by ~its own. */
  outer(box) {
    return box < 0 ? this.group[~box].outer : this.around[box];
  }

  /** Return the groups around a box, from the innermost. */
  groupsOf(box) {
    const found = [];
    for (let group = this.outer(box); group >= 0; group = this.group[group].outer) found.push(group);
    return found;
  }

  /** Return the box that shows a node: itself, or the outermost closed group around it. */
  boxOf(box) {
    const closed = this.groupsOf(box).filter((group) => !this.isOpen[group]);
    return closed.length ? ~closed.at(-1) : box;
  }

  /** Return all nodes inside a box. */
  nodesIn(box) {
    return box >= 0 ? [box] : this.inside[~box].flatMap((inner) => this.nodesIn(inner));
  }

  /** Return those nodes of a box that others take, or nobody. */
  results(nodes) {
    const { users, heads } = this.graph;
    const own = new Set(nodes);
    return nodes.filter((node) => !users[node].length || users[node].some((edge) => !own.has(heads[edge])));
  }

  /** All boxes that are to be seen, in the order of computation. */
  get boxes() {
    const found = new Map();
    for (let node = 0; node < this.graph.size; node++) {
      const box = this.boxOf(node);
      if (!found.has(box)) found.set(box, []);
      found.get(box).push(node);
    }
    return found;
  }

  /** Open level by level as long as everything can be read. */
  openReadable() {
    for (const kind of ["model", "layer", "array"]) {
      const before = [...this.isOpen];
      this.group.forEach((group, i) => (this.isOpen[i] ||= group.kind === kind));
      if (this.boxes.size > READABLE) {
        this.isOpen = before;
        return;
      }
    }
  }

  /** Close the innermost level that is open; say whether there is one. */
  coarsen() {
    const kind = ["array", "layer", "model"].find((each) => this.group.some((group, i) => group.kind === each && this.isOpen[i]));
    this.isOpen = this.isOpen.map((is, i) => is && this.group[i].kind !== kind);
    return kind !== undefined;
  }

  /** Open everything down to a level; say whether that is not too much. */
  show(level) {
    const kinds = Object.keys(LEVELS);
    const deep = kinds.indexOf(level);
    return this.change(this.group.map(({ kind }) => kinds.indexOf(kind) < deep));
  }

  /** Open or close a group. */
  toggle(group) {
    return this.change(this.isOpen.map((is, i) => (i === group ? !is : is)));
  }

  /** Open all groups around a box. */
  reveal(box) {
    const around = new Set(this.groupsOf(box));
    return this.change(this.isOpen.map((is, i) => is || around.has(i)));
  }

  change(isOpen) {
    const before = this.isOpen;
    this.isOpen = isOpen;
    if (this.boxes.size <= MOST_BOXES) return true;
    this.isOpen = before;
    return false;
  }

  /** The open groups that hold something to be seen, outer ones first. */
  get frames() {
    const open = (group) => this.isOpen[group] && this.groupsOf(~group).every((outer) => this.isOpen[outer]);
    return this.group.flatMap((_, group) => (open(group) ? [group] : []));
  }
}
