/** A count with commas. */
function inThousands(count) {
  return count.toLocaleString("en");
}

/** The curve of the losses so far, with a mark at the epoch that is shown. */
class LossCurve {
  static BOX = { width: 340, height: 170, left: 70, right: 334, top: 8, bottom: 146 };
  static BUCKETS = 150; // of the curve, each with a lowest and a highest point

  /** The places of the losses that are drawn: of many, the lowest and the highest of each bucket. */
  static placesOf(losses) {
    const count = losses.length;
    const buckets = LossCurve.BUCKETS;
    if (count <= 2 * buckets) return Array.from(losses.keys());
    const places = [];
    for (let bucket = 0; bucket < buckets; bucket++) {
      const first = Math.floor((count * bucket) / buckets);
      let [low, high] = [first, first];
      for (let i = first; i < Math.floor((count * (bucket + 1)) / buckets); i++) {
        if (losses[i] < losses[low]) low = i;
        if (losses[i] > losses[high]) high = i;
      }
      places.push(...(low === high ? [low] : [Math.min(low, high), Math.max(low, high)]));
    }
    return places.at(-1) === count - 1 ? places : [...places, count - 1];
  }

  constructor(epochs) {
    const { width, height, left, right, top, bottom } = LossCurve.BOX;
    this.epochs = epochs;
    this.path = element("svg:path", { class: "curve" });
    this.rule = element("svg:path", { class: "rule" });
    this.mark = element("svg:circle", { class: "mark", r: 4 });
    this.high = element("svg:text", { x: left - 10, y: top + 12, "text-anchor": "end" });
    this.low = element("svg:text", { x: left - 10, y: bottom - 4, "text-anchor": "end" });
    this.scale = element("span", {}, "linear scale");
    this.picture = element("svg:svg", { viewBox: `0 0 ${width} ${height}`, role: "img" },
      element("svg:path", { class: "axis", d: `M${left - 4} ${top}V${bottom}H${right}` }),
      this.rule, this.path, this.mark, this.high, this.low,
      element("svg:text", { x: left - 4, y: height - 6 }, "0"),
      element("svg:text", { x: right, y: height - 6, "text-anchor": "end" }, `epoch ${inThousands(epochs)}`));
    this.element = element("figure", {}, element("figcaption", {}, "Loss, ", this.scale), this.picture);
  }

  show(losses, epoch) {
    let [low, high] = [Infinity, -Infinity];
    for (const loss of losses) {
      if (loss < low) low = loss;
      if (loss > high) high = loss;
    }
    const isLogarithmic = low > 0 && Math.log10(high) - Math.log10(low) > 2;
    const height = isLogarithmic ? Math.log10 : (loss) => loss;
    const { left, right, top, bottom } = LossCurve.BOX;
    const [base, span] = [height(low), height(high) - height(low)];
    const x = (place) => left + ((right - left) * place) / this.epochs;
    const y = (loss) => bottom - 8 - (bottom - top - 16) * (span ? (height(loss) - base) / span : 1);
    const points = LossCurve.placesOf(losses).map((i) => `${x(i).toFixed(1)} ${y(losses[i]).toFixed(1)}`);
    this.path.setAttribute("d", points.length > 1 ? `M${points.join("L")}` : "");
    this.rule.setAttribute("d", `M${x(epoch).toFixed(1)} ${top}V${bottom}`);
    this.mark.setAttribute("visibility", epoch < losses.length ? "visible" : "hidden");
    if (epoch < losses.length) {
      this.mark.setAttribute("cx", x(epoch).toFixed(1));
      this.mark.setAttribute("cy", y(losses[epoch]).toFixed(1));
    }
    this.high.textContent = losses.length ? inDigits(high, 3) : "";
    this.low.textContent = span ? inDigits(low, 3) : "";
    this.scale.textContent = isLogarithmic ? "logarithmic scale" : "linear scale";
    this.picture.setAttribute("aria-label", losses.length
      ? `Loss from ${inDigits(losses[0])} at epoch 0 to ${inDigits(losses[losses.length - 1])} at epoch ${inThousands(losses.length - 1)}`
      : "No loss yet");
  }
}

/** What the model decides in the plane, with the data on it. */
class BoundaryPicture {
  static SIZE = 180; // pixels that are decided
  static SHARP = 3; // times as many are drawn
  // colour blind safe (Okabe and Ito), each class with a shape of its own too
  static COLOURS = [[230, 159, 0], [0, 114, 178], [0, 158, 115], [204, 121, 167], [86, 180, 233], [213, 94, 0],
    [240, 228, 66], [127, 127, 127]];
  static CORNERS = [0, 4, 3, 4, 5, 6, 3, 5]; // of the shapes; 0 is a circle
  static TURNED = [0, 0.5, 0, 0, 0, 0, 1.5, 0.5]; // as parts of the angle between two corners

  /** The outline of a class's mark around a place, as points x and y. */
  static markOf(own, x, y, radius) {
    const corners = BoundaryPicture.CORNERS[own] || 24;
    return Array.from({ length: corners }, (_, i) => {
      const angle = (2 * Math.PI * (i + BoundaryPicture.TURNED[own])) / corners - Math.PI / 2;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    });
  }

  constructor(boundary) {
    const side = BoundaryPicture.SIZE * BoundaryPicture.SHARP;
    const [left, right, bottom, top] = boundary.data.box;
    this.boundary = boundary;
    this.canvas = element("canvas", { width: side, height: side, role: "img" });
    this.small = element("canvas", { width: BoundaryPicture.SIZE, height: BoundaryPicture.SIZE });
    this.told = element("span", {});
    const legend = boundary.data.names.map((name, i) => element("li", {},
      element("svg:svg", { viewBox: "0 0 16 16", "aria-hidden": "true" },
        element("svg:polygon", { points: BoundaryPicture.markOf(i, 8, 8, 7).join(" "), fill: `rgb(${BoundaryPicture.COLOURS[i]})` })),
      `target ${name}`));
    this.element = element("figure", {}, element("figcaption", {}, "Decision boundary, ", this.told), this.canvas,
      element("ul", {}, ...legend),
      element("p", {}, `x[0] from ${inDigits(left)} to ${inDigits(right)}, x[1] from ${inDigits(bottom)} to ${inDigits(top)}`));
  }

  show(weights, epoch) {
    const { boundary, canvas } = this;
    const count = boundary.classes.length;
    this.told.textContent = `${inThousands(boundary.right(weights))} of ${inThousands(count)} right`;
    canvas.setAttribute("aria-label", `Decision boundary at epoch ${inThousands(epoch)}: ${this.told.textContent}`);
    this.small.getContext("2d").putImageData(this.decided(boundary.answers(weights)), 0, 0);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.small, 0, 0, canvas.width, canvas.height);
    const [left, right, bottom, top] = boundary.data.box;
    context.strokeStyle = getComputedStyle(canvas).color;
    context.lineWidth = count > 300 ? 1 : 2;
    const radius = count > 300 ? 5 : count > 50 ? 8 : 11;
    boundary.classes.forEach((own, i) => {
      const x = ((boundary.points[2 * i] - left) / (right - left)) * canvas.width;
      const y = ((top - boundary.points[2 * i + 1]) / (top - bottom)) * canvas.height;
      context.fillStyle = `rgb(${BoundaryPicture.COLOURS[own]})`;
      context.beginPath();
      for (const corner of BoundaryPicture.markOf(own, x, y, radius)) context.lineTo(...corner);
      context.closePath();
      context.fill();
      context.stroke();
    });
  }

  /** A picture of the classes, stronger where an answer is far from the boundary. */
  decided(answers) {
    const size = BoundaryPicture.SIZE;
    const { across, outputs, level, spread } = this.boundary.data;
    const image = new ImageData(size, size);
    const mixed = new Float64Array(outputs);
    for (let row = 0; row < size; row++) {
      const v = ((size - 1 - row) / (size - 1)) * (across - 1);
      const below = Math.min(Math.floor(v), across - 2);
      for (let column = 0; column < size; column++) {
        const u = (column / (size - 1)) * (across - 1);
        const before = Math.min(Math.floor(u), across - 2);
        const [right, up] = [u - before, v - below];
        for (let i = 0; i < outputs; i++) {
          const place = (below * across + before) * outputs + i;
          const lower = answers[place] * (1 - right) + answers[place + outputs] * right;
          const next = place + across * outputs;
          mixed[i] = lower * (1 - up) + (answers[next] * (1 - right) + answers[next + outputs] * right) * up;
        }
        const own = this.boundary.classOf(mixed, 0);
        const strength = outputs > 1 ? 0.6 : Math.min(1, Math.abs(mixed[0] - level) / spread);
        const [red, green, blue] = BoundaryPicture.COLOURS[own];
        const place = 4 * (row * size + column);
        image.data[place] = red;
        image.data[place + 1] = green;
        image.data[place + 2] = blue;
        image.data[place + 3] = 40 + 110 * strength;
      }
    }
    return image;
  }
}

/** The panel that trains: to play, to go to an epoch, and to take its weights along. */
class TrainingPanel {
  static SECONDS = 12; // that all epochs play
  static FRAME = 8; // milliseconds of training in a frame, at most
  static CALM = 500; // milliseconds between two pictures for who wants no motion

  constructor(data, onweights, isOfRow) {
    this.trainer = new Trainer(data);
    this.onweights = onweights;
    this.goal = 0;
    this.isPlaying = false;
    this.isDue = false; // a frame is asked for
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.play = element("button", { type: "button", class: "play", onclick: () => this.toggle() }, "Play");
    this.one = element("button", { type: "button", onclick: () => this.go(Math.floor(this.goal) + 1) }, "One epoch");
    this.slider = element("input", { type: "range", min: 0, max: data.epochs, step: 1, value: 0,
      "aria-label": "Epoch", oninput: () => this.go(Number(this.slider.value)) });
    this.told = element("p", { class: "told", role: "status" });
    this.state = element("p", { class: "state", role: "status" }, "Loading.");
    this.copy = element("button", { type: "button", onclick: () => this.copied() }, "Copy weights");
    this.text = element("textarea", { readonly: "", rows: 6, spellcheck: "false", hidden: "",
      "aria-label": "Weights of this epoch, as Python" });
    this.curve = new LossCurve(data.epochs);
    const copying = element("div", { class: "bar" }, this.copy, this.state);
    this.charts = element("div", { class: "charts" },
      element("div", {}, this.curve.element, copying, this.text));
    this.controls = [this.play, this.one, this.slider, this.copy];
    this.element = element("section", { class: "training", "aria-label": "Training" },
      element("h2", {}, "Training"), element("p", { class: "about" }, data.about,
        isOfRow ? ". This loss is over all rows; the graph shows one row." : ""),
      element("div", { class: "bar" }, this.play, this.one, this.slider), this.told, this.charts,
      data.lacks ? element("p", { class: "about" }, data.lacks) : "");
    for (const control of this.controls) control.disabled = true;
    this.start();
  }

  async start() {
    try {
      await this.trainer.start();
    } catch (fault) {
      this.say(`This browser cannot train here: ${fault.message}.`);
      return;
    }
    for (const control of this.controls) control.disabled = false;
    if (this.trainer.boundary) {
      this.picture = new BoundaryPicture(this.trainer.boundary);
      this.charts.append(this.picture.element);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.due());
    }
    this.say("");
    this.show();
  }

  say(text) {
    if (this.state.textContent !== text) this.state.textContent = text;
  }

  toggle() {
    const { trainer } = this;
    if (this.isPlaying) this.pause();
    else {
      if (trainer.epoch >= trainer.last) this.goal = 0;
      this.isPlaying = true;
      this.play.textContent = "Pause";
      this.say("");
      this.before = performance.now();
      this.due();
    }
  }

  pause() {
    this.isPlaying = false;
    this.goal = this.trainer.epoch;
    this.play.textContent = "Play";
    this.due();
  }

  /** Go to an epoch by hand. */
  go(epoch) {
    if (this.isPlaying) this.pause();
    this.say("");
    this.goal = Math.min(epoch, this.trainer.last);
    this.due();
  }

  due() {
    if (!this.isDue) requestAnimationFrame((now) => this.frame(now));
    this.isDue = true;
  }

  frame(now) {
    const { trainer } = this;
    this.isDue = false;
    if (this.isPlaying) {
      const gone = Math.max(0, now - this.before);
      if (this.calm.matches && gone < TrainingPanel.CALM) return this.due();
      this.goal = Math.min(trainer.last, this.goal + (Math.min(gone, TrainingPanel.CALM) * this.trainer.data.epochs) / (1000 * TrainingPanel.SECONDS));
      this.before = now;
    }
    const isThere = trainer.towards(this.goal, TrainingPanel.FRAME);
    if (this.isPlaying) this.goal = Math.min(this.goal, trainer.epoch + 1);
    this.show();
    this.slider.value = isThere || this.isPlaying ? trainer.epoch : this.goal; // where a hand has it
    if (isThere && !this.isPlaying) this.goal = trainer.epoch;
    if (this.isPlaying && trainer.epoch >= trainer.last) this.pause();
    if (this.isPlaying || !isThere) this.due();
  }

  show() {
    const { trainer, slider } = this;
    const { epoch, known, data } = trainer;
    const weights = trainer.parameters();
    const loss = `loss ${inDigits(known[epoch])}`;
    const of = data.batches > 1 ? `, the mean of the next ${inThousands(data.batches)} batches` : "";
    const isHeard = !this.isPlaying && document.activeElement !== slider; // which speaks for itself
    this.told.setAttribute("aria-live", isHeard ? "polite" : "off");
    this.told.textContent = `Epoch ${inThousands(epoch)} of ${inThousands(data.epochs)}: ${loss}${of}`;
    slider.setAttribute("aria-valuetext", `epoch ${inThousands(epoch)}, ${loss}`);
    this.curve.show(trainer.losses, epoch);
    this.picture?.show(weights, epoch);
    if (!this.text.hidden) this.text.hidden = true; // of another epoch
    if (trainer.stopped && epoch === trainer.last)
      this.say(`Training ends here: ${trainer.stopped.what}. Lower the learning rate.`);
    this.onweights(weights);
  }

  async copied() {
    if (this.isPlaying) this.pause();
    this.text.value = this.trainer.python();
    this.text.hidden = false;
    this.text.focus();
    this.text.select();
    this.text.scrollTop = 0;
    try {
      await navigator.clipboard.writeText(this.text.value);
      this.say(`Copied the weights of epoch ${inThousands(this.trainer.epoch)}.`);
    } catch {
      this.say("The text is selected: copy it with Ctrl+C.");
    }
  }
}

/** The panel of what Python says trains; after each move `onweights` gets all weights. */
function trainingPanel(data, onweights, isOfRow = false) {
  return new TrainingPanel(data, onweights, isOfRow).element;
}
