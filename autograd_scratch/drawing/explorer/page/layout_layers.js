/* The order in layers, and the coordinates of what is in them. */

/** Sort layers by the means of neighbours, to and fro; keep the order with the fewest crossings. */
function sortLayers({ layers }) {
  for (const layer of layers) {
    for (const node of layer) {
      if (node.outs.length > 1) node.outs.sort((one, other) => one.out - other.out);
      if (node.ins.length > 1) node.ins.sort((one, other) => one.in - other.in);
      node.ranks = 0;
      node.ins.forEach((link, index) => (link.rank = index && link.in > node.ins[index - 1].in ? ++node.ranks : node.ranks));
    }
  }
  let least = crossings(layers);
  let best = layers.map((layer) => [...layer]);
  const size = sizeOf(layers);
  const budget = { left: size < LARGE ? SWAPS : 0 };
  for (let sweep = 0, last = 0; least && sweep - last < (size < LARGE ? 4 : 2); sweep++) {
    const isForth = sweep % 2 === 1;
    for (let index = 1; index < layers.length; index++) sortLayer(layers[isForth ? index : layers.length - 1 - index], isForth);
    if (budget.left > 0) exchange(layers, budget);
    const count = crossings(layers);
    if (count < least) [least, best, last] = [count, layers.map((layer) => [...layer]), sweep];
  }
  best.forEach((layer, index) => {
    layers[index] = layer;
    layer.forEach((node, at) => (node.at = at));
  });
  exchange(layers, { left: SWAPS });
}

function sizeOf(layers) {
  return layers.reduce((sum, layer) => sum + layer.length, 0);
}

/** Sort one layer by the mean places of neighbours on one side; what has none keeps its place. */
function sortLayer(layer, isForth) {
  const moving = [];
  for (const node of layer) {
    const links = isForth ? node.ins : node.outs;
    if (!links.length) continue;
    let [sum, costs] = [0, 0];
    for (const link of links) {
      const other = isForth ? link.tail : link.head;
      sum += link.cost * (other.at + (isForth ? link.out : link.in));
      costs += link.cost;
    }
    node.mean = sum / costs;
    moving.push(node);
  }
  const free = moving.map((node) => node.at);
  moving.sort((one, other) => one.mean - other.mean || one.at - other.at);
  moving.forEach((node, index) => (layer[(node.at = free[index])] = node));
}

/** Number the entries of a layer from above, and return how many there are. */
function numberEntries(layer) {
  let base = 0;
  for (const node of layer) {
    for (const link of node.ins) link.key = base + link.rank;
    base += node.ranks + 1;
  }
  return base;
}

/** Count the crossings of all links, each at the product of their costs: a sum tree over the entries of each layer. */
function crossings(layers) {
  let count = 0;
  for (let index = 1; index < layers.length; index++) {
    const size = numberEntries(layers[index]);
    const sums = new Int32Array(size + 1);
    let added = 0;
    for (const { outs } of layers[index - 1]) {
      for (let start = 0, end = 0; start < outs.length; start = end) {
        for (; end < outs.length && outs[end].out === outs[start].out; end++) {
          let above = added;
          for (let key = outs[end].key + 1; key; key &= key - 1) above -= sums[key];
          count += above * outs[end].cost;
        }
        for (let own = start; own < end; own++) {
          added += outs[own].cost;
          for (let key = outs[own].key + 1; key <= size; key += key & -key) sums[key] += outs[own].cost;
        }
      }
    }
  }
  return count;
}

/** Exchange neighbours in layers as long as that takes crossings away; leaves go back to the order of creation where it costs none. */
function exchange(layers, budget) {
  for (let round = 0, isBetter = true; isBetter && round < 8; round++) {
    isBetter = false;
    for (const layer of layers) {
      for (let at = 1; at < layer.length && budget.left > 0; at++) {
        const upper = layer[at - 1];
        const lower = layer[at];
        budget.left -= 1 + upper.ins.length * lower.ins.length + upper.outs.length * lower.outs.length;
        const gain = inversions(upper.ins, lower.ins, true) + inversions(upper.outs, lower.outs, false);
        const isOld = !upper.ins.length && !lower.ins.length && upper.member?.created > lower.member?.created;
        if (gain > 0 || (gain === 0 && isOld)) {
          layer[(lower.at = at - 1)] = lower;
          layer[(upper.at = at)] = upper;
          isBetter ||= gain > 0;
        }
      }
    }
  }
}

/** By how much crossings of two nodes' links on one side cost less when the nodes change places. */
function inversions(upper, lower, isIn) {
  let gain = 0;
  for (const one of upper) {
    const place = isIn ? one.tail.at + one.out : one.head.at + one.in;
    for (const other of lower) {
      const step = place - (isIn ? other.tail.at + other.out : other.head.at + other.in);
      if (step) gain += step > 0 ? one.cost * other.cost : -one.cost * other.cost;
    }
  }
  return gain;
}

/** Let leaves that are very many stand side by side, in rows that are placed as one. */
function wrapLeaves({ layers }) {
  const isLeaf = (node) => node.member && !node.member.members && !node.ins.length;
  const rows = Math.max(ROWS, ...layers.map((layer) => layer.filter((node) => !isLeaf(node)).length));
  layers.forEach((layer, index) => {
    const columns = Math.ceil(layer.filter(isLeaf).length / rows);
    if (columns < 2) return;
    const wrapped = [];
    for (const node of layer) {
      const last = wrapped.at(-1);
      if (!isLeaf(node)) wrapped.push(node);
      else if (last?.row && last.row.length < columns) last.row.push(node);
      else {
        wrapped.push(new Spot(null, index, 0, 0, node.created));
        wrapped.at(-1).row = [node];
      }
    }
    const step = layer.reduce((widest, { width }) => Math.max(widest, width), 0) + SPACE.box;
    for (const node of wrapped) {
      if (!node.row) continue;
      node.outs = node.row.flatMap(({ outs }) => outs);
      for (const link of node.outs) link.tail = node;
      node.height = Math.max(...node.row.map(({ height }) => height));
      node.step = step;
      node.width = columns * step - SPACE.box;
      node.row.slice(0, columns - 1).forEach(({ member }) => (member.row = node));
    }
    layers[index] = wrapped;
  });
}

/** Give all nodes of a part their y, of the middle: neighbours pull, what is too close is moved together. */
function setHeights(part) {
  const { layers } = part;
  for (const layer of layers) {
    layer.forEach((node, at) => {
      const before = layer[at - 1];
      node.reach = at ? before.reach + apart(before, node) : 0;
      if (node.outs.length === 1 && node.outs[0].head.ins.length === 1) node.outs[0].weight += 3;
    });
    const middle = layer.at(-1).reach / 2;
    for (const node of layer) node.y = node.reach - middle;
  }
  // The highest layer stands; the others arrange themselves around it, then all together.
  const sweeps = Math.max(6, Math.min(24, Math.round((10 * LARGE) / sizeOf(layers))));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const sides = sweep % 2 ? layers : [...layers].reverse();
    for (const layer of sides) pull(layer, sweep > 3 || sweep % 2 === 1, sweep > 3 || sweep % 2 === 0, sweep < 4 ? mean : median);
  }
  for (const layer of layers) {
    layer.forEach((node, at) => {
      node.beside = layer;
      node.at = at;
    });
  }
  for (const { trunk } of layers.flat()) if (trunk) straighten(trunk);
  let [top, bottom] = [Infinity, -Infinity];
  for (const node of layers.flat()) {
    top = Math.min(top, node.y - node.height / 2);
    bottom = Math.max(bottom, node.y + node.height / 2);
  }
  for (const node of layers.flat()) node.y -= top;
  part.height = bottom - top;
}

/** The least distance of the middles of two neighbours in a layer. */
function apart(upper, lower) {
  const isBoth = (upper.member ?? upper.row) && (lower.member ?? lower.row);
  return (upper.height + lower.height) / 2 + (isBoth ? SPACE.box : SPACE.trunk);
}

/** Move a layer to where its neighbours are; those that would overlap move together, to the mean of what they want. */
function pull(layer, hasIns, hasOuts, middle) {
  const groups = [];
  for (const node of layer) {
    const ends = [];
    let weight = 0;
    for (const link of hasIns ? node.ins : []) weight += pulled(ends, link.tail.y + link.tailShift - link.headShift, link.weight);
    for (const link of hasOuts ? node.outs : []) weight += pulled(ends, link.head.y + link.headShift - link.tailShift, link.weight);
    const wish = weight ? middle(ends, weight, node.y) : node.y;
    let group = { count: 1, weight: weight || 0.01, wish: wish - node.reach };
    while (groups.length && groups[groups.length - 1].wish > group.wish) {
      const upper = groups.pop();
      const sum = upper.weight + group.weight;
      upper.wish = (upper.wish * upper.weight + group.wish * group.weight) / sum;
      upper.weight = sum;
      upper.count += group.count;
      group = upper;
    }
    groups.push(group);
  }
  let at = 0;
  for (const { count, wish } of groups) {
    for (const end = at + count; at < end; at++) layer[at].y = wish + layer[at].reach;
  }
}

function pulled(ends, y, weight) {
  ends.push({ y, weight });
  return weight;
}

function mean(ends, weight) {
  let sum = 0;
  for (const { y, weight: own } of ends) sum += y * own;
  return sum / weight;
}

function byHeight(one, other) {
  return one.y - other.y;
}

/** The y in the middle by weight; of two that are equally good what is nearest to `y` between them. */
function median(ends, weight, y) {
  if (ends.length > 2 || (ends.length === 2 && ends[0].y > ends[1].y)) ends.sort(byHeight);
  let sum = 0;
  for (let index = 0; ; index++) {
    sum += ends[index].weight;
    if (2 * sum > weight || index === ends.length - 1) return ends[index].y;
    if (2 * sum === weight) return Math.max(ends[index].y, Math.min(ends[index + 1].y, y));
  }
}

/** Make a trunk straight, as far as its neighbours let it. */
function straighten(trunk) {
  for (let start = 0, end = 0; start < trunk.length; start = end) {
    let [least, most] = [-Infinity, Infinity];
    for (; end < trunk.length; end++) {
      const { beside, at } = trunk[end];
      const [upper, lower] = [beside[at - 1], beside[at + 1]];
      const from = Math.max(least, upper ? upper.y + apart(upper, trunk[end]) : -Infinity);
      const to = Math.min(most, lower ? lower.y - apart(trunk[end], lower) : Infinity);
      if (from > to + 0.01 && end > start) break;
      [least, most] = [from, to];
    }
    const run = trunk.slice(start, end);
    const middle = run.map(({ y }) => y).sort((one, other) => one - other)[run.length >> 1];
    for (const node of run) node.y = Math.max(least, Math.min(most, middle));
  }
}

/** Give all nodes of a part their x: leaves stand at the right of their layer, beside what takes them. */
function setWidths(part) {
  let x = 0;
  part.layers.forEach((layer, index) => {
    const width = layer.reduce((widest, node) => Math.max(widest, node.width), 0);
    let steepest = 0;
    for (const node of layer) {
      const isTrunk = !node.member && !node.row;
      if (isTrunk) node.width = width;
      node.x = node.ins.length ? x : x + width - node.width;
      for (const { head, tailShift, headShift } of node.outs) {
        steepest = Math.max(steepest, Math.abs(node.y + tailShift - head.y - headShift));
      }
    }
    x += width;
    if (index < part.layers.length - 1) x += Math.max(SPACE.layer, Math.min(SPACE.steep, steepest / 5));
  });
  part.width = x;
}

/** The path of an arrow, from the middle of a box's right side to its entry at the left side of another. */
function pathOf({ from, to, place, legs, entries, isBack }) {
  let [x, y] = [from.x + from.width, from.y + from.height / 2];
  let path = `M${x} ${y}`;
  let isFlat = false;
  const curve = (nextX, nextY) => {
    nextX = tenths(nextX);
    nextY = tenths(nextY);
    if (nextY !== y || nextX < x) {
      const bend = nextX > x ? (nextX - x) / 2 : SPACE.layer + (x - nextX) / 4;
      path += `${isFlat ? `H${x}` : ""}C${tenths(x + bend)} ${y} ${tenths(nextX - bend)} ${nextY} ${nextX} ${nextY}`;
    }
    isFlat = nextY === y && nextX >= x;
    x = nextX;
    y = nextY;
  };
  if (from.row) {
    curve(x + SPACE.box, y + (from.row.height + SPACE.box) / 2);
    curve(from.row.x + from.row.width + from.holder.inner.x, y);
  }
  for (const { nodes, level } of isBack ? [] : [...legs, ...entries]) {
    for (const node of nodes) {
      curve(node.x + level.inner.x, node.y + level.inner.y);
      curve(node.x + node.width + level.inner.x, y);
    }
  }
  curve(to.x, to.y + (to.height * place) / (to.arrows.length + 1));
  return isFlat ? `${path}H${x}` : path;
}

function tenths(number) {
  return Math.round(number * 10) / 10;
}
