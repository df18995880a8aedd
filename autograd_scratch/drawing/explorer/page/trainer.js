// A model trained by the module that `fit` runs, to any epoch forth and back.

/** A number with some digits, and inf and nan as Python has them. */
function inDigits(number, digits = 4) {
  if (Number.isFinite(number)) return String(Number(number.toPrecision(digits)));
  return Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
}

/** A number as Python writes a float. */
function pythonFloat(number) {
  if (!Number.isFinite(number)) return `float("${number}")`;
  const text = Object.is(number, -0) ? "-0" : String(number);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Numbers as nested lists of a shape, in Python. */
function pythonList(numbers, shape) {
  if (!shape.length) return pythonFloat(numbers[0]);
  const [count, ...inner] = shape;
  const size = numbers.length / (count || 1);
  const rows = Array.from({ length: count }, (_, i) =>
    pythonList(numbers.slice(i * size, (i + 1) * size), inner));
  return `[${rows.join(", ")}]`;
}

/**
 * Trains a model with the module that Python's `fit` runs, from any epoch to any other.
 *
 * Epoch e is where e epochs are done; its loss is that before the next step. Going back is going on from a
 * snapshot. Where a number is not finite, `stopped` says so, and training ends at that epoch.
 */
class Trainer {
  static MOST_SNAPSHOTS = 64;
  static MOST_BYTES = 1 << 24; // of snapshots

  constructor(data) {
    this.data = data;
    this.epoch = 0;
    this.stopped = null;
    this.known = new Float64Array(data.epochs + 1);
    this.epochs = 0; // whose losses are known
    this.snapshots = new Map();
    this.spacing = 1;
    this.pace = 0; // milliseconds of an epoch
    this.most = Math.min(Trainer.MOST_SNAPSHOTS, Math.max(2, Math.floor(Trainer.MOST_BYTES / data.kept)));
  }

  get losses() {
    return this.known.subarray(0, this.epochs);
  }

  /** The last epoch to which it can go. */
  get last() {
    return this.stopped ? this.stopped.epoch : this.data.epochs;
  }

  async start() {
    const { module, size, memory, weights, places, boundary } = this.data;
    const [code, initial, found, ...contents] = await Promise.all(
      [module, weights, places, ...memory.map(([, text]) => text)].map(unpacked));
    const { exports } = (await WebAssembly.instantiate(code)).instance;
    const missing = Math.ceil((size - exports.memory.buffer.byteLength) / 65536);
    if (missing > 0) exports.memory.grow(missing);
    this.call = exports.run;
    this.bytes = new Uint8Array(exports.memory.buffer);
    this.floats = new Float64Array(exports.memory.buffer);
    this.whole = new Uint32Array(exports.memory.buffer);
    contents.forEach((content, i) => this.bytes.set(content, memory[i][0]));
    this.initial = new Float64Array(initial.buffer);
    this.places = new Int32Array(found.buffer);
    this.snapshots.set(0, this.kept());
    if (boundary) this.boundary = await new Boundary(boundary).start();
    this.look();
  }

  /** Go to an epoch, and compute what is missing. */
  to(epoch) {
    this.towards(epoch);
  }

  /** Go to an epoch, or as far as some milliseconds last; say whether it is there. */
  towards(epoch, milliseconds = Infinity) {
    const target = Math.max(0, Math.min(Math.floor(epoch), this.last));
    const nearest = Math.max(...[...this.snapshots.keys()].filter((each) => each <= target));
    if (target < this.epoch || nearest > this.epoch) {
      this.restore(this.snapshots.get(nearest));
      this.epoch = nearest;
    }
    const begin = performance.now();
    const first = this.epoch;
    let gone = 0;
    while (this.epoch < target && gone < milliseconds) {
      const bounded = this.pace ? Math.floor((milliseconds - gone) / this.pace) : this.spacing;
      const next = this.spacing - (this.epoch % this.spacing); // up to a snapshot
      const count = Math.min(target - this.epoch, next, this.data.most, Math.max(1, bounded));
      if (!this.advance(count)) break;
      gone = performance.now() - begin;
      if (gone) this.pace = gone / (this.epoch - first);
    }
    this.look();
    return this.epoch === Math.min(target, this.last);
  }

  /** All weights after an epoch. */
  parameters(epoch = this.epoch) {
    if (epoch !== this.epoch) this.to(epoch);
    return this.initial.map((number, i) => (this.places[i] < 0 ? number : this.floats[this.places[i] / 8]));
  }

  /** Python that gives the model the weights of this epoch. */
  python() {
    const numbers = this.parameters();
    const told = `# ${this.data.about.replace(/\s+/g, " ")}: epoch ${this.epoch}\n`;
    const lists = this.data.entries.map(([path, shape, first]) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const own = Array.isArray(first) ? first.map((i) => numbers[i]) : [...numbers.slice(first, first + size)];
      return [path, this.data.loads ? pythonList(own, shape) : pythonList(own, [own.length])];
    });
    if (!this.data.loads)
      return `${told}for parameter, number in zip(model.parameters(), ${lists[0][1]}):\n    parameter.data = number\n`;
    const lines = lists.map(([path, text]) => `    ${JSON.stringify(path)}: ${text},\n`);
    return `${told}model.load_state_dict({\n${lines.join("")}})\n`;
  }

  kept() {
    return this.bytes.slice(0, this.data.kept);
  }

  restore(bytes) {
    this.bytes.set(bytes);
  }

  /** Run some epochs; return whether all numbers are finite. */
  run(count) {
    const { cells, blocks, losses } = this.data;
    this.whole[cells.epoch / 4] = 0;
    this.whole[cells.blocks / 4] = count * blocks;
    this.call();
    const found = this.floats.subarray(losses / 8, losses / 8 + count);
    this.known.set(found.subarray(0, this.known.length - this.epoch), this.epoch);
    return this.whole[cells.is_finite / 4] === 1 && found.every(Number.isFinite);
  }

  /** Go on by some epochs, or by those that are well. */
  advance(count) {
    const before = this.kept();
    if (this.run(count)) {
      this.epoch += count;
      this.epochs = Math.max(this.epochs, this.epoch);
      if (this.epoch % this.spacing === 0) this.keep();
      return true;
    }
    const broken = count === 1 && this.broken();
    this.restore(before);
    if (count > 1) while (this.advance(1));
    else this.stop(broken);
    return false;
  }

  /** Look at the loss where it is: that of an epoch more, which is taken back. */
  look() {
    if (this.stopped || this.epoch < this.epochs) return;
    const before = this.kept();
    this.run(1);
    this.restore(before);
    if (Number.isFinite(this.known[this.epoch])) this.epochs = this.epoch + 1;
    else this.stop("");
  }

  /** The first weight that is not finite, in words. */
  broken() {
    const numbers = this.parameters();
    const i = numbers.findIndex((number) => !Number.isFinite(number));
    const entry = this.data.entries.find(([, shape, first]) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return Array.isArray(first) ? first.includes(i) : first <= i && i < first + size;
    });
    return i < 0 ? "what the optimizer remembers is not finite" : `${entry?.[0] || "a weight"} becomes ${inDigits(numbers[i])}`;
  }

  stop(broken) {
    const loss = this.known[this.epoch];
    const what = Number.isFinite(loss) ? `${broken} in the step after epoch ${this.epoch}` :
      `the loss is ${inDigits(loss)} in epoch ${this.epoch}`;
    if (Number.isFinite(loss)) this.epochs = Math.max(this.epochs, this.epoch + 1);
    this.stopped = { epoch: this.epoch, what };
  }

  keep() {
    this.snapshots.set(this.epoch, this.kept());
    if (this.snapshots.size <= this.most) return;
    this.spacing *= 2;
    for (const epoch of [...this.snapshots.keys()])
      if (epoch % this.spacing) this.snapshots.delete(epoch);
  }
}

/** What a model of two inputs answers, by a module of its own. */
class Boundary {
  constructor(data) {
    this.data = data;
  }

  async start() {
    const [code, points, classes] = await Promise.all(
      [this.data.module, this.data.points, this.data.classes].map(unpacked));
    const { exports } = (await WebAssembly.instantiate(code)).instance;
    this.call = exports.run;
    this.floats = new Float64Array(exports.memory.buffer);
    this.points = new Float64Array(points.buffer);
    this.classes = classes;
    const [left, right, bottom, top] = this.data.box;
    const { across } = this.data;
    this.grid = new Float64Array(2 * across * across);
    for (let i = 0; i < across * across; i++) {
      this.grid[2 * i] = left + ((right - left) * (i % across)) / (across - 1);
      this.grid[2 * i + 1] = bottom + ((top - bottom) * Math.floor(i / across)) / (across - 1);
    }
    return this;
  }

  /** The answers with some weights at points, x and y by turns: `outputs` numbers each. */
  answers(weights, points = this.grid) {
    const { across, outputs, inputs, answers, weights: place } = this.data;
    this.floats.set(weights, place / 8);
    const count = points.length / 2;
    const found = new Float64Array(count * outputs);
    for (let first = 0; first < count; first += across) {
      const size = Math.min(across, count - first);
      this.floats.set(points.subarray(2 * first, 2 * (first + size)), inputs / 8);
      this.call();
      found.set(this.floats.subarray(answers / 8, answers / 8 + size * outputs), first * outputs);
    }
    return found;
  }

  /** The class that answers from some place on tell. */
  classOf(answers, place) {
    const { outputs, level } = this.data;
    if (outputs === 1) return Number(answers[place] > level);
    let best = 0;
    for (let i = 1; i < outputs; i++) if (answers[place + i] > answers[place + best]) best = i;
    return best;
  }

  /** How many points are on the side of their class. */
  right(weights) {
    const answers = this.answers(weights, this.points);
    return this.classes.reduce(
      (sum, own, i) => sum + Number(own === this.classOf(answers, i * this.data.outputs)), 0);
  }
}
