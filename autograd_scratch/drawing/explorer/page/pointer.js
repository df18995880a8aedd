// Mouse and fingers: a click selects or opens, a drag moves the pane or a number, wheel and pinch zoom.

const CLICK = 4; // pixels within which a press is a click
const SCRUB = 0.01; // share of a number that a pixel is worth

class Pointers {
  constructor(view) {
    this.view = view;
    this.explorer = view.explorer;
    this.down = new Map();
    const { pane } = view;
    pane.addEventListener("pointerdown", (event) => this.press(event));
    pane.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) pane.addEventListener(end, (event) => this.release(event));
    pane.addEventListener("click", (event) => this.activate(event));
    pane.addEventListener("pointerover", ({ target }) => this.hover(target));
    pane.addEventListener("pointerleave", () => this.explorer.hover(view, null));
    pane.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  press(event) {
    const { pane } = this.view;
    if (event.button) return;
    const box = event.target.closest("[data-id]");
    const id = box ? Number(box.dataset.id) : null;
    pane.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, event);
    const isLeaf = box?.classList.contains("box") && id >= 0 && this.view.graph.canMove?.(id);
    this.began = { id, x: event.clientX, y: event.clientY, isDrag: false, leaf: isLeaf ? id : null };
    if (isLeaf) this.began.number = this.view.graph.values[id];
  }

  move(event) {
    const former = this.down.get(event.pointerId);
    if (!former) return;
    this.down.set(event.pointerId, event);
    if (this.down.size === 2) {
      this.pinch(former, event);
      return;
    }
    const { began, view } = this;
    const [across, down] = [event.clientX - began.x, event.clientY - began.y];
    began.isDrag ||= Math.hypot(across, down) > CLICK;
    if (!began.isDrag) return;
    if (began.leaf !== null) {
      const unit = SCRUB * Math.max(Math.abs(began.number), 1);
      this.explorer.set(view, began.leaf, Number((began.number + unit * across).toPrecision(12)));
    } else {
      const { x, y } = view.place;
      view.isMoved = true;
      view.move({ x: x + event.clientX - former.clientX, y: y + event.clientY - former.clientY });
    }
  }

  pinch(former, event) {
    const [other] = [...this.down.values()].filter((each) => each.pointerId !== event.pointerId);
    const distance = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
    const { left, top } = this.view.pane.getBoundingClientRect();
    const middle = [(event.clientX + other.clientX) / 2 - left, (event.clientY + other.clientY) / 2 - top];
    this.view.zoom(distance(event) / distance(former), ...middle);
    this.began.isDrag = true;
  }

  release(event) {
    if (!this.down.delete(event.pointerId) || this.began.isDrag || event.type === "pointercancel") return;
    if (this.began.id !== null) this.explorer.click(this.view, this.began.id);
    else this.explorer.select(this.view, null);
  }

  /** A click without a pointer comes from what reads the page aloud, or is spoken to. */
  activate({ detail, target }) {
    const box = detail ? null : target.closest("[data-id]");
    if (box) this.explorer.click(this.view, Number(box.dataset.id));
  }

  hover(target) {
    const box = this.down.size ? null : target.closest(".box");
    if (box) this.explorer.hover(this.view, Number(box.dataset.id));
  }

  /** In a frame of another page the wheel moves that page, unless the pane is in use. */
  wheel(event) {
    const { pane } = this.view;
    const isMine = window === window.top || event.ctrlKey || event.metaKey || pane.contains(document.activeElement);
    if (!isMine) return;
    event.preventDefault();
    const { left, top } = pane.getBoundingClientRect();
    this.view.zoom(2 ** (-event.deltaY / 300), event.clientX - left, event.clientY - top);
  }
}
