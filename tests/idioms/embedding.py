"""Embeddings and lookups: entries by index, repeated ones added."""

import numpy as np

from .definition import idiom
from .samples import tokens

ids = np.array(tokens)


@idiom(E=(5, 3))
def rows_by_index(E):
    return np.sum(np.tanh(E[ids]))


@idiom(E=(5, 3))
def rows_by_take(E):
    return (np.take(E, ids, axis=0).mean(axis=0) ** 2).sum()


@idiom(E=(5, 2), W=(2, 5))
def continuous_bag_of_words(E, W):
    context, target = [0, 1, 3], 4
    h = np.mean([E[i] for i in context], axis=0)
    u = W.T.dot(h)
    return -u[target] + np.log(np.sum(np.exp(u)))


@idiom(E=(5, 3))
def by_one_hot(E):
    one_hot = np.zeros((len(tokens), 5))
    one_hot[np.arange(len(tokens)), tokens] = 1
    return np.sum((one_hot @ E) ** 2)


@idiom(E=(4, 3), O=(4, 3))
def skip_gram_with_negatives(E, O):
    centre, context, negatives = 0, 2, [1, 3]
    loss = -np.log(1 / (1 + np.exp(-E[centre] @ O[context])))
    for n in negatives:
        loss -= np.log(1 / (1 + np.exp(E[centre] @ O[n])))
    return loss


@idiom(E=(5, 2), P=(5, 2))
def tokens_and_positions(E, P):
    x = E[ids] + P[np.arange(len(ids))]
    return np.exp(x).mean()


@idiom(E=(5, 2))
def sums_by_add_at(E):
    bag = np.zeros((2, 2))
    np.add.at(bag, np.array([0, 0, 1, 1, 1]), E[ids])
    return np.sum(bag**2)


@idiom(E=(5, 2))
def filled_row_by_row(E):
    vectors = np.zeros((len(tokens), 2))
    for position, token in enumerate(tokens):
        vectors[position] = E[token]
    return np.sum(np.sin(vectors))


@idiom(U=(3, 2), V=(4, 2))
def matrix_factorization(U, V):
    loss = 0
    for user, item, rating in [(0, 1, 0.8), (1, 3, -0.2), (2, 0, 1.1), (0, 2, 0.4)]:
        loss += (rating - U[user].dot(V[item])) ** 2
    return loss


@idiom(U=(3, 2), V=(4, 2))
def matrix_factorization_with_mask(U, V):
    ratings = np.arange(12).reshape(3, 4) / 12
    known = ratings % 0.25 > 0.1
    return np.sum(((U @ V.T - ratings) * known) ** 2)


@idiom(W=(5, 5))
def bigrams(W):
    logits = W[ids[:-1]]
    counts = np.exp(logits)
    probs = counts / counts.sum(1, keepdims=True)
    return -np.log(probs[np.arange(4), ids[1:]]).mean()


@idiom(E=(5, 2))
def windows_of_embeddings(E):
    windows = np.array([[3, 1], [1, 4], [4, 1]])
    h = E[windows].reshape(3, -1)
    return np.tanh(h @ np.arange(1, 5)).sum()


@idiom(table={"red": (2,), "green": (2,), "blue": (2,)})
def vectors_by_word(table):
    sentence = "red blue red".split()
    return np.sum(np.exp(sum(table[word] for word in sentence)) * table["green"])


@idiom(E=(5, 2))
def gradient_by_subtract_at(E):
    W = E.copy()
    np.subtract.at(W, ids, 0.1 * E[ids])
    return np.sum(W**2)


@idiom(E=(5, 2))
def mean_of_a_bag_by_loop(E):
    h = np.zeros(2)
    for token in tokens:
        h += E[token]
    h /= len(tokens)
    return np.tanh(h).sum()
