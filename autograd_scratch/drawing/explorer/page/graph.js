// The graph of a page: what depends on what, its numbers, and the module that computes them.

const KINDS = ["input", "parameter", "constant", "operation", "output"];
const PLAIN_NAME = /^[\w.]+(\[[^\]]*\])?$/;
const [INPUT, PARAMETER, CONSTANT, OPERATION, OUTPUT] = KINDS.keys();

class Graph {
  constructor(data) {
    Object.assign(this, data);
    this.size = data.parents.length;
    this.start = [];
    this.tails = [];
    this.heads = [];
    this.users = data.parents.map(() => []);
    data.parents.forEach((parents, node) => {
      this.start.push(this.tails.length);
      for (const parent of parents) {
        this.users[parent].push(this.tails.length);
        this.tails.push(parent);
        this.heads.push(node);
      }
    });
    this.isPlain = new Uint8Array(this.size);
    for (const node of data.plain ?? []) this.isPlain[node] = 1;
    this.isStatic = !data.numbers;
    if (this.isStatic) return;
    this.split(floatsOf(data.numbers));
    this.canRun = false;
    this.reach(data.root);
  }

  /** Take the numbers apart: values, partials, contributions, adjoints. */
  split(numbers) {
    const edges = this.tails.length;
    let at = 0;
    const next = (count) => numbers.subarray(at, (at += count));
    this.numbers = numbers;
    this.values = next(this.size);
    this.partials = next(edges);
    this.contributions = next(edges);
    this.adjoints = next(this.size);
  }

  /** Start the module. Where there is none, or it cannot run, `lacks` says why. */
  async load() {
    if (!this.module) return;
    if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") {
      this.lacks = "this browser has no WebAssembly";
      return;
    }
    try {
      this.machine = await started(this.module);
    } catch (fault) {
      this.lacks = `this browser does not run WebAssembly here (${fault.message})`;
      return;
    }
    const memory = this.machine.memory.buffer;
    const floats = (name, count) => new Float64Array(memory, this.places[name], count);
    this.own = {
      values: floats("values", this.size),
      partials: floats("partials", this.tails.length),
      contributions: floats("contributions", this.tails.length),
      adjoints: floats("adjoints", this.size),
    };
    this.own.values.set(this.values);
    if (this.moving.length && this.places.steps !== undefined) {
      this.remembered = new Float64Array(
        memory, this.places.state, (this.places.steps - this.places.state) / 8 + this.moving.length);
      this.fresh = this.remembered.slice();
    }
    this.canRun = true;
  }

  /** Derive another root. */
  derive(root) {
    this.reach(root);
    this.run();
  }

  /** Find from where a path leads to the root that is derived. */
  reach(root) {
    this.root = root;
    this.isReached = new Uint8Array(this.size);
    this.isReached[root] = 1;
    for (let node = root; node >= 0; node--) {
      if (!this.isReached[node]) continue;
      for (const parent of this.parents[node]) {
        if (this.hasGradient(parent)) this.isReached[parent] = 1;
      }
    }
  }

  /** Say whether anybody derives by a node: not by plain numbers. */
  hasGradient(node) {
    return !this.isPlain[node];
  }

  /** Say whether a box has a number that can be changed. */
  canMove(node) {
    return this.canRun && node >= 0 && !this.parents[node].length && this.kinds[node] !== CONSTANT;
  }

  /** Compute all numbers anew from those of the leaves. */
  run() {
    if (!this.canRun) return false;
    const { memory, run } = this.machine;
    new Uint32Array(memory.buffer, this.places.root, 1)[0] = 8 * this.root;
    run();
    Object.assign(this, this.own);
    return true;
  }

  /** Give leaves numbers, by their nodes. */
  set(numbers) {
    for (const [node, number] of numbers) this.own.values[node] = number;
    return this.run();
  }

  /** The numbers of all parameters, what the optimizer remembers of them, and the counts of its steps. */
  get state() {
    return { values: this.own.values.slice(), remembered: this.remembered?.slice() };
  }

  set state({ values, remembered }) {
    this.own.values.set(values);
    if (remembered) this.remembered.set(remembered);
    this.run();
  }

  /** Let the optimizer be as it was at the beginning. */
  forget() {
    this.remembered?.set(this.fresh);
  }

  /** Return the values after a step of the optimizer, which is not taken. */
  stepped() {
    this.run();
    const before = this.state;
    this.machine.update();
    const after = this.state;
    this.own.values.set(before.values);
    this.remembered.set(before.remembered);
    return after;
  }

  get canStep() {
    return this.canRun && Boolean(this.remembered);
  }

  /** What a node is called. */
  name(node) {
    return this.names?.[node] || this.titles[node] || (this.isStatic ? `box ${node + 1}` : brief(this.values[node]));
  }

  /** What a node is called inside of a formula. */
  short(node) {
    const name = this.name(node);
    if (PLAIN_NAME.test(name)) return name;
    return node === this.root ? "output" : `(${name})`;
  }

  /** Return the local derivative of an edge as a formula; '' where names are too long for one. */
  partial(edge) {
    const [of, by] = [this.heads[edge], this.tails[edge]].map((node) => this.short(node));
    const isShort = of.length + by.length <= 40 && !(of + by).replace(/\[.*?\]/g, "").includes(" ");
    return isShort ? `∂${of}/∂${by}` : "";
  }

  /** Return the edges on paths from a node to the root. */
  paths(node) {
    const found = [];
    const seen = new Set([node]);
    for (const tail of seen) {
      for (const edge of this.users[tail]) {
        const head = this.heads[edge];
        if (!this.isReached[head]) continue;
        found.push(edge);
        seen.add(head);
      }
    }
    return { edges: found, nodes: seen };
  }

  /** Return the first operation that makes a number that is not finite of finite ones; -1 if none does. */
  firstBroken() {
    for (let node = 0; node < this.size; node++) {
      const parents = this.parents[node];
      const isBroken = !Number.isFinite(this.values[node]);
      if (isBroken && parents.every((parent) => Number.isFinite(this.values[parent]))) return node;
    }
    return -1;
  }
}
