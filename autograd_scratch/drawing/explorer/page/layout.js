/* Where boxes, frames and arrows go: layers from left to right, a frame's content first, then the frame as one box. */

const SPACE = { box: 14, trunk: 10, layer: 56, steep: 150, part: 24, frame: 16 };
const ROWS = 40; // of leaves in a layer, before these stand in several columns
const LARGE = 2000; // nodes of a part, of which fewer tries are made
const SWAPS = 1e5; // comparisons of arrows at most, to exchange neighbours

/**
 * boxes: [{id, width, height, frame}] in order of computation; frames: [{id, frame, header, width?}], nested by `frame`, -1 for none;
 * edges: [{tail, head}] ids of boxes, from operand to result. A frame is at least its `width`.
 */
function layout(boxes, frames, edges) {
  const whole = { id: -1, depth: 0, members: [], legs: [], x: 0, y: 0, header: 0, created: -1 };
  const byFrame = new Map([[-1, whole]]);
  for (const frame of frames) {
    byFrame.set(frame.id, { ...frame, least: frame.width ?? 0, members: [], legs: [], x: 0, y: 0, depth: 0, created: boxes.length });
  }
  const levels = [...byFrame.values()];
  for (const level of levels) {
    level.holder = level === whole ? null : byFrame.get(level.frame) ?? whole;
    for (let outer = level; outer !== whole; outer = byFrame.get(outer.frame) ?? whole) level.depth++;
  }
  const byBox = new Map();
  boxes.forEach((box, created) => {
    const member = { ...box, x: 0, y: 0, uses: 0, created, holder: byFrame.get(box.frame) ?? whole };
    member.depth = member.holder.depth + 1;
    byBox.set(box.id, member);
    member.holder.members.push(member);
    for (let outer = member.holder; outer.created > created; outer = outer.holder) outer.created = created;
  });
  for (const level of levels) if (level !== whole) level.holder.members.push(level);
  const arrows = edges.map((edge) => arrowOf(byBox.get(edge.tail), byBox.get(edge.head)));
  levels.sort((one, other) => other.depth - one.depth);
  for (const level of levels) arrange(level);
  for (const level of levels.reverse()) {
    level.inner = inside(level);
    for (const member of level.members) {
      member.x = Math.round(member.x + level.inner.x);
      member.y = Math.round(member.y + level.inner.y);
    }
  }
  return {
    boxes: new Map(boxes.map(({ id }) => [id, { x: byBox.get(id).x, y: byBox.get(id).y }])),
    frames: new Map(frames.map(({ id }) => {
      const { x, y, width, height } = byFrame.get(id);
      return [id, { x, y, width, height }];
    })),
    width: whole.width,
    height: whole.height,
    paths: arrows.map(pathOf),
    ends: arrows.map(({ to, place }) => [to.x, tenths(to.y + (to.height * place) / (to.arrows.length + 1))]),
  };
}

/** Where the content of a level begins. */
function inside({ x, y, header, holder }) {
  const edge = holder ? SPACE.frame : 0;
  return { x: x + edge, y: y + edge + header };
}

/** An arrow has a leg in each frame that it leaves, in the innermost level that holds both ends, and in each frame that it enters. */
function arrowOf(from, to) {
  const arrow = { from, to, tailY: from.height / 2, headY: to.height / 2, isBack: false, legs: [], entries: [] };
  let [tail, head] = [from, to];
  while (tail.holder !== head.holder) {
    const isExit = tail.depth >= head.depth;
    const level = isExit ? tail.holder : head.holder;
    level.legs.push(isExit ? { arrow, tail } : { arrow, head });
    if (isExit) tail = level;
    else head = level;
  }
  tail.holder.legs.push({ arrow, tail, head });
  (to.arrows ??= []).push(arrow);
  arrow.place = to.arrows.length;
  from.uses++;
  return arrow;
}

/** Give the members of a level their places in it, and the level its size. */
function arrange(level) {
  const members = level.members.sort((one, other) => one.created - other.created);
  linkLegs(level.legs, layered(members, level.legs));
  const parts = partsOf(members);
  for (const part of parts) {
    sortLayers(part);
    wrapLeaves(part);
    setHeights(part);
    setWidths(part);
  }
  // Arrows from and to elsewhere find their way around single boxes in columns, not around more.
  const isOpen = level.legs.some(({ tail, head }) => !tail || !head) && parts.some(({ layers }) => layers.length > 1);
  const size = pack(parts, isOpen ? 2400 : 1000);
  const { y } = inside(level);
  for (const leg of level.legs) {
    const { arrow, tail, head, nodes } = leg;
    leg.level = level;
    if (tail) arrow.legs.push(leg);
    else arrow.entries.unshift(leg);
    if (!head) arrow.tailY = y + (nodes.length ? nodes.at(-1).y : tail.y + arrow.tailY);
    else if (!tail) arrow.headY = y + (nodes.length ? nodes[0].y : head.y + arrow.headY);
  }
  const around = level.holder ? 2 * SPACE.frame : 0;
  level.width = Math.round(Math.max(size.width + around, level.least ?? 0));
  level.height = Math.round(size.height + around + level.header);
}

/** A place in a layer: of a member, of a trunk that passes, or of a row of leaves. All have the same fields, which is quick. */
class Spot {
  constructor(member, layer, width, height, created) {
    this.member = member;
    this.layer = layer;
    this.width = width;
    this.height = height;
    this.created = created;
    this.at = this.index = -1; // in its layer; in an order of computation
    this.x = this.y = this.reach = this.mean = 0.5;
    this.waits = this.drag = this.ranks = this.step = 0;
    this.ins = [];
    this.outs = [];
    this.row = this.trunk = this.beside = null;
    this.isSeen = false;
  }
}

/** Put members in layers; return the number of layers. Circles are cut at what was created first. */
function layered(members, legs) {
  const edges = legs.filter(({ tail, head }) => tail && head);
  const nodes = members.map((member) => (member.node = new Spot(member, 0, member.width, member.height, member.created)));
  const users = new Map(nodes.map((node) => [node, []]));
  for (const { tail, head } of edges) {
    if (tail !== head) {
      users.get(tail.node).push(head.node);
      head.node.waits++;
    }
  }
  const order = nodes.filter((node) => !node.waits);
  order.forEach((node) => (node.index = 0));
  for (let done = 0, next = 0; done < nodes.length; done++) {
    if (done === order.length) {
      while (nodes[next].index >= 0) next++;
      nodes[next].index = 0;
      order.push(nodes[next]);
    }
    const node = order[done];
    node.index = done;
    for (const user of users.get(node)) {
      if (--user.waits === 0 && user.index < 0) {
        user.index = 0;
        order.push(user);
      }
    }
  }
  const forward = edges.filter(({ tail, head }) => tail.node.index < head.node.index);
  for (const { arrow, tail, head } of edges) arrow.isBack = tail.node.index >= head.node.index;
  for (const node of nodes) users.get(node).length = 0;
  for (const { tail, head } of forward) users.get(tail.node).push(head.node);
  for (const node of order) {
    const own = users.get(node);
    // What has one user follows it to the right at no more than the cost of one longer arrow.
    const isAlone = own.every((user) => user === own[0]);
    for (const user of own) {
      user.layer = Math.max(user.layer, node.layer + 1);
      user.drag += isAlone ? Math.min(1, node.drag) : 1;
    }
  }
  for (const node of order.reverse()) {
    const own = users.get(node);
    if (own.length && node.drag <= own.length) node.layer = Math.min(...own.map((user) => user.layer)) - 1;
  }
  return nodes.reduce((most, { layer }) => Math.max(most, layer), 0) + 1;
}

/** Link the nodes of legs from each layer to the next; the long arrows of a box share a trunk. */
function linkLegs(legs, count) {
  const trunks = new Map();
  for (const leg of legs) {
    const { arrow } = leg;
    leg.nodes = [];
    if (arrow.isBack) continue;
    const { from, to } = arrow;
    const [tail, head] = [leg.tail?.node, leg.head?.node];
    const tailShift = tail ? arrow.tailY - tail.height / 2 : 0;
    const trunk = trunks.get(from) ?? { last: tail, nodes: [] };
    trunks.set(from, trunk);
    const first = tail ? tail.layer + 1 : 0;
    const length = (head ? head.layer : count) - first;
    while (trunk.nodes.length < length) {
      const node = new Spot(null, first + trunk.nodes.length, 0, 0, from.created);
      if (trunk.last) linked(trunk.last, node, trunk.last === tail ? tailShift : 0, 0, trunk.last === tail ? 2 : 6, from.uses === 1);
      trunk.nodes.push(node);
      trunk.nodes[0].trunk = trunk.nodes;
      trunk.last = node;
    }
    leg.nodes = trunk.nodes.slice(0, length);
    const last = length ? leg.nodes[length - 1] : tail;
    if (!head || !last) continue;
    const entry = to.height * (arrow.place / (to.arrows.length + 1) - 0.5);
    linked(last, head, length ? 0 : tailShift, arrow.headY - head.height / 2, length ? 2 : 1, from.uses === 1, entry);
  }
}

/** What hangs together: its layers, each in the order of creation. */
function partsOf(members) {
  const parts = [];
  for (const { node } of members) {
    if (node.isSeen) continue;
    const nodes = [node];
    const see = (other) => {
      if (!other.isSeen) nodes.push(other);
      other.isSeen = true;
    };
    node.isSeen = true;
    for (const { ins, outs } of nodes) {
      for (const link of ins) see(link.tail);
      for (const link of outs) see(link.head);
    }
    const first = nodes.reduce((least, { layer }) => Math.min(least, layer), Infinity);
    const layers = [];
    for (const inner of nodes) (layers[inner.layer - first] ??= []).push(inner);
    for (const layer of layers) {
      layer.sort((one, other) => one.created - other.created);
      layer.forEach((inner, at) => (inner.at = at));
    }
    parts.push({ layers, width: 0, height: 0 });
  }
  return parts;
}

/** Link two nodes of neighbouring layers. `entry` tells the entries of a head apart; what has one user stays near it. */
function linked(tail, head, tailShift, headShift, weight, isOnly, entry = 0) {
  const [out, end] = [tailShift / (tail.height + 1), (headShift + entry) / (head.height + 1)];
  const link = { tail, head, tailShift, headShift, out, in: end, rank: 0, key: 0, weight, cost: 1 };
  if (isOnly) [link.weight, link.cost] = [weight + 1, 3];
  tail.outs.push(link);
  head.ins.push(link);
}

function place({ member, height }, x, y) {
  member.x = x;
  member.y = y - height / 2;
}

/** Put parts below one another, in several columns if they are many. */
function pack(parts, least) {
  const area = parts.reduce((sum, part) => sum + (part.width + SPACE.part) * (part.height + SPACE.part), 0);
  const most = Math.max(least, 0.8 * Math.sqrt(area), ...parts.map((part) => part.height));
  let [x, y, widest, height] = [0, 0, 0, 0];
  for (const part of parts) {
    if (y && y + part.height > most) [x, y, widest] = [x + widest + SPACE.part, 0, 0];
    for (const layer of part.layers) {
      for (const node of layer) {
        node.x += x;
        node.y += y;
        if (node.row) node.row.forEach((one, index) => place(one, node.x + index * node.step, node.y));
        else if (node.member) place(node, node.x, node.y);
      }
    }
    y += part.height;
    height = Math.max(height, y);
    widest = Math.max(widest, part.width);
    y += part.layers.length > 1 ? SPACE.part : SPACE.box;
  }
  for (const { layers: [[{ member }, neighbour], further] } of parts) {
    if (member && !neighbour && !further && member.x < x) member.row = { x: 0, width: x + widest, height: member.height };
  }
  return { width: x + widest, height };
}
