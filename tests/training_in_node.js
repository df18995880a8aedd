// Runs a page's trainer in Node: reads {data, epochs, ...} from standard input, and answers in JSON.
const { readFileSync } = require("node:fs");
const { data, epochs, back, weights, points } = JSON.parse(readFileSync(0, "utf8"));
const source = process.argv.slice(2).map((path) => readFileSync(path, "utf8")).join("\n");
const Trainer = new Function(`"use strict"; ${source}; return Trainer;`)();
const text = (numbers) => Buffer.from(new Float64Array(numbers).buffer).toString("base64");

(async () => {
  const trainer = new Trainer(data);
  await trainer.start();
  const begin = performance.now();
  trainer.to(epochs);
  const milliseconds = performance.now() - begin;
  const found = {
    milliseconds,
    epoch: trainer.epoch,
    losses: text(trainer.losses),
    weights: text(trainer.parameters()),
    python: trainer.python(),
    stopped: trainer.stopped,
    snapshots: trainer.snapshots.size,
    back: (back ?? []).map((epoch) => text(trainer.parameters(epoch))),
  };
  if (trainer.boundary) {
    const own = weights ? new Float64Array(weights) : trainer.parameters(epochs);
    found.answers = text(trainer.boundary.answers(own, points ? new Float64Array(points) : undefined));
    const start = performance.now();
    for (let i = 0; i < 20; i++) trainer.boundary.answers(own);
    found.grid = (performance.now() - start) / 20;
  }
  process.stdout.write(JSON.stringify(found));
})();
