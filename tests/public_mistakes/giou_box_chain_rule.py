"""The mistake: the deltas of the box's entries are those of its edges; the chain rule through b.x = (i + x) / lw and b.w = exp(w) * bias / w is
left out: no / lw, no * pred.w. Source: GitHub issue generalized-iou/g-darknet #19, "There is a minor error with the gradient backword" (the loss
is 1 - IoU; C, here NumPy)."""

import numpy as np

rng = np.random.RandomState(19)
lw, lh, netw, neth = 4, 5, 416, 416
cells = np.array([[1, 1], [2, 3], [0, 2]])
anchor = np.array([[120.0, 150.0], [180.0, 90.0], [140.0, 200.0]])
truth = np.array([[0.38, 0.30, 0.33, 0.34], [0.63, 0.70, 0.40, 0.30], [0.16, 0.52, 0.30, 0.50]])
at = {"x": np.c_[rng.rand(3, 2) * 0.6 + 0.2, rng.randn(3, 2) * 0.15]}


def get_boxes(x):
    bx = (cells[:, 0] + x[:, 0]) / lw
    by = (cells[:, 1] + x[:, 1]) / lh
    bw = np.exp(x[:, 2]) * anchor[:, 0] / netw
    bh = np.exp(x[:, 3]) * anchor[:, 1] / neth
    return bx, by, bw, bh


def edges(bx, by, bw, bh):
    return bx - bw / 2, bx + bw / 2, by - bh / 2, by + bh / 2


def parts(x):
    l, r, t, b = edges(*get_boxes(x))
    tl, tr, tt, tb = edges(*truth.T)
    iw = np.minimum(r, tr) - np.maximum(l, tl)
    ih = np.minimum(b, tb) - np.maximum(t, tt)
    inter = iw * ih
    union = (r - l) * (b - t) + (tr - tl) * (tb - tt) - inter
    return l, r, t, b, tl, tr, tt, tb, iw, ih, inter, union


def loss(x):
    *_, inter, union = parts(x)
    return np.sum(1 - inter / union)


def _backward(x, right):
    l, r, t, b, tl, tr, tt, tb, iw, ih, inter, union = parts(x)

    def dx_iou(d_inter, d_area):
        d_union = d_area - d_inter
        return -(d_inter * union - inter * d_union) / union**2

    dl = dx_iou(-1.0 * (l > tl) * ih, -(b - t))
    dr = dx_iou((r < tr) * ih, b - t)
    dt = dx_iou(-1.0 * (t > tt) * iw, -(r - l))
    db = dx_iou((b < tb) * iw, r - l)
    delta = np.zeros_like(x)
    delta[:, 0] = dl + dr
    delta[:, 1] = dt + db
    delta[:, 2] = (-0.5 * dl) + (0.5 * dr)
    delta[:, 3] = (-0.5 * dt) + (0.5 * db)
    if right:
        _, _, bw, bh = get_boxes(x)
        delta[:, 0] /= lw
        delta[:, 1] /= lh
        delta[:, 2] *= bw
        delta[:, 3] *= bh
    return delta


def backward(x):
    return _backward(x, False)


def right_backward(x):
    return _backward(x, True)


EXPECTED = {"?", "factor_missing", "derivative_missing"}
