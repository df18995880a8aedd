"""Nothing is wrong: neu1e is built with l2b after syn1neg was updated; the reporter takes l2b for a reference, but indexing with a list of words
copies. Read off the update of one pair with negative sampling. Source: GitHub issue piskvorky/gensim #287, "subtle errors in gradient descent
update step in word2vec.py"."""

import numpy as np
from numpy import dot, outer

rng = np.random.RandomState(287)
word2, word_indices, neg_labels = 1, [3, 0, 4], np.array([1.0, 0.0, 0.0])
alpha = 0.025
at = {"syn0": rng.randn(5, 3) * 0.7, "syn1neg": rng.randn(5, 3) * 0.7}


def loss(syn0, syn1neg):
    fb = 1.0 / (1.0 + np.exp(-dot(syn0[word2], syn1neg[word_indices].T)))
    return -np.sum(neg_labels * np.log(fb) + (1 - neg_labels) * np.log(1 - fb))


def _train_sg_pair(syn0, syn1neg, after):
    old = syn0.copy(), syn1neg.copy()
    l1 = syn0[word2]
    neu1e = np.zeros(l1.shape)
    l2b = syn1neg[word_indices]  # 2d matrix, k+1 x layer1_size
    fb = 1.0 / (1.0 + np.exp(-dot(l1, l2b.T)))  # propagate hidden -> output
    gb = (neg_labels - fb) * alpha  # vector of error gradients multiplied by the learning rate
    if not after:
        neu1e += dot(gb, l2b)
    syn1neg[word_indices] += outer(gb, l1)  # learn hidden -> output
    if after:
        neu1e += dot(gb, l2b)  # save error
    l1 += neu1e  # learn input -> hidden
    return {"syn0": (old[0] - syn0) / alpha, "syn1neg": (old[1] - syn1neg) / alpha}


def backward(syn0, syn1neg):
    return _train_sg_pair(syn0, syn1neg, True)


def right_backward(syn0, syn1neg):
    return _train_sg_pair(syn0, syn1neg, False)


EXPECTED = set()
