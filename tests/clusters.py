"""A Dask cluster of two worker processes on this machine, for tests."""

import logging
import multiprocessing
from contextlib import contextmanager

import pytest

QUIET = {"dashboard_address": ":0", "silence_logs": logging.CRITICAL}
SLOWLY = 60.0  # seconds that are enough on any machine


@contextmanager
def dask_client():
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    impatient = {"distributed.scheduler.allowed-failures": 1}
    impatient |= {"distributed.scheduler.worker-saturation": 1.0}  # nobody waits at a worker that may die
    with (
        dask.config.set(impatient),
        distributed.LocalCluster(2, threads_per_worker=1, processes=True, **QUIET) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client
    assert multiprocessing.active_children() == []
