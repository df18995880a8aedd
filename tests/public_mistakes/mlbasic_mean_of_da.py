"""The mistake (the asker's proposal; the sum was right): all_da and all_db are divided by len(x), while the loss printed is the sum of
(y - y_p)^2 / 2. a and b are plain numbers. Source: GitHub issue tsycnh/mlbasic #2, "may be some error in p1 gradient descent.py"."""

x = [30, 35, 37, 59, 70, 76, 88, 100]
y = [1100, 1423, 1377, 1800, 2304, 2588, 3495, 4839]
x_max, x_min = max(x), min(x)
y_max, y_min = max(y), min(y)
for i in range(0, len(x)):
    x[i] = (x[i] - x_min) / (x_max - x_min)
    y[i] = (y[i] - y_min) / (y_max - y_min)
at = {"a": -1.5, "b": 0.75}


def da(y, y_p, x):
    return (y - y_p) * (-x)


def db(y, y_p):
    return (y - y_p) * (-1)


def loss(a, b):
    loss = 0
    for i in range(0, len(x)):
        y_p = a * x[i] + b
        loss = loss + (y[i] - y_p) * (y[i] - y_p) / 2
    return loss


def _sums(a, b):
    all_da = 0
    all_db = 0
    for i in range(0, len(x)):
        y_p = a * x[i] + b
        all_da = all_da + da(y[i], y_p, x[i])
        all_db = all_db + db(y[i], y_p)
    return all_da, all_db


def backward(a, b):
    all_da, all_db = _sums(a, b)
    all_da = all_da / len(x)
    all_db = all_db / len(x)
    return all_da, all_db


def right_backward(a, b):
    return _sums(a, b)


EXPECTED = {"sum_for_mean", "scale"}
