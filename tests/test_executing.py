"""Calls that an executor makes, also one that loses them, breaks, or never comes to an end."""

import os
import pickle
import threading
import time
from collections import Counter
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor

import pytest
from conftest import saying

from autograd_scratch.errors import DataError, ExecutorError, ExecutorTimeoutError, RangeError
from autograd_scratch.training.executing import Fault, execute

pytestmark = pytest.mark.usefixtures("hears_ctrl_c")

CALLS = [(7, 2), (9, 4), (5, 5), (1, 3), (8, 3)]
ANSWERS = [divmod(*call) for call in CALLS]


class Fake(Executor):
    """An executor that makes each call at once; `wrong` may do something else with one, by its number."""

    def __init__(self, wrong=lambda number, future: False):
        self.wrong = wrong
        self.futures = []
        self.made = {}

    def submit(self, function, *args):
        future = Future()
        self.futures.append(future)
        if not self.wrong(len(self.futures) - 1, future):
            self.answer(future, function, args)
        return future

    def answer(self, future, function, args):
        future.set_result(function(*args))


class Merging(Fake):
    """Makes equal calls once, as Dask does."""

    def answer(self, future, function, args):
        if args not in self.made:
            self.made[args] = function(*args)
        future.set_result(self.made[args])


class Pickling(Fake):
    """Sends all there and back."""

    def answer(self, future, function, args):
        try:
            function, args = pickle.loads(pickle.dumps((function, args)))
            future.set_result(pickle.loads(pickle.dumps(function(*args))))
        except Exception as fault:
            future.set_exception(fault)


class Backwards(Fake):
    """Makes all calls when the last is there, the last first."""

    def submit(self, *call):
        self.futures.append(Future())
        self.made[self.futures[-1]] = call
        if len(self.made) == len(CALLS):
            for future, (function, *args) in reversed(self.made.items()):
                future.set_result(function(*args))
        return self.futures[-1]


def losing(error, times, numbers=(1, 3)):
    """Lose some calls as often as told; they are then the next ones that come."""
    lost = Counter()

    def wrong(number, future):
        if number in numbers or (number >= len(CALLS) and sum(lost.values()) < times * len(numbers)):
            lost[number] += 1
            future.set_exception(error)
            return True
        return False

    return wrong


def cancelling(number, future):
    return number == 2 and future.cancel() and future.set_running_or_notify_cancel() is False


class Broken(Fake):
    """Breaks at the third call, and takes no others."""

    def submit(self, function, *args):
        if len(self.futures) > 2:
            raise BrokenExecutor("broken")
        return super().submit(function, *args)


WELL = {
    "none": lambda: None,
    "at once": Fake,
    "backwards": Backwards,
    "merging": Merging,
    "sending": Pickling,
    "losing once": lambda: Fake(losing(BrokenExecutor("a worker died"), 1)),
    "losing by errors of its own": lambda: Fake(losing(LookupError("KilledWorker"), 1)),
    "interrupted workers": lambda: Fake(losing(KeyboardInterrupt(), 1)),
    "cancelling": lambda: Fake(cancelling),
}


@pytest.mark.parametrize("make", WELL.values(), ids=WELL)
def test_results_come_in_the_order_of_the_calls(make):
    found = {}
    assert execute(make(), divmod, CALLS, found=found, timeout=60.0) == ANSWERS
    assert [found[i] for i in range(len(CALLS))] == ANSWERS


def test_threads_make_calls():
    with ThreadPoolExecutor(3) as executor:
        assert execute(executor, divmod, CALLS * 50) == ANSWERS * 50
        assert execute(executor, divmod, []) == []


def test_equal_calls_are_made_each():
    assert len({*execute(Merging(), os.urandom, [(8,)] * 4)}) == 4
    executor = Merging()
    assert execute(executor, os.urandom, [(8,)]) != execute(executor, os.urandom, [(8,)])


def test_what_stays_lost_is_told_with_all_else_done():
    found = {}
    executor = Fake(
        lambda number, future: number in (1, 5, 6) and not future.set_exception(OSError("gone"))
    )
    with saying(ExecutorError, "1 of 5 is lost, also when tried 3 times: call 1 (OSError: gone)") as caught:
        execute(executor, divmod, CALLS, found=found, retries=2)
    assert caught.value.lost == [1]
    assert found == {i: answer for i, answer in enumerate(ANSWERS) if i != 1}
    assert len(executor.futures) == len(CALLS) + 2


REFUSED = {
    "an executor that breaks": (Broken, "2 of 5 are lost: call 3; call 4 (BrokenExecutor: broken)", [3, 4]),
    "a shut one": (
        lambda: shut(ThreadPoolExecutor(1)),
        "takes no calls (RuntimeError: cannot schedule new futures after shutdown): make a new one",
        [0, 1, 2, 3, 4],
    ),
    "one that begins anew": (
        lambda: Fake(raising(RuntimeError("before ... has finished its bootstrapping phase"))),
        'if __name__ == "__main__":',
        [0, 1, 2, 3, 4],
    ),
}


def shut(executor):
    executor.shutdown()
    return executor


def raising(error):
    def wrong(number, future):
        raise error

    return wrong


@pytest.mark.parametrize(("make", "words", "lost"), REFUSED.values(), ids=REFUSED)
def test_an_executor_that_takes_no_calls_is_told(make, words, lost):
    found = {}
    with saying(ExecutorError, words) as caught:
        execute(make(), divmod, CALLS, found=found)
    assert caught.value.lost == lost
    assert sorted([*lost, *found]) == [0, 1, 2, 3, 4]


def test_what_never_ends_ends_with_the_time():
    executor = Fake(lambda number, future: number in (1, 4))
    found = {}
    words = "the time is over, and 2 of 5 are not finished: b; e."
    with saying(ExecutorTimeoutError, words) as caught:
        execute(executor, divmod, CALLS, found=found, timeout=0.05, names="abcde")
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.lost == [1, 4]
    assert [*found] == [0, 2, 3]
    assert [number for number, future in enumerate(executor.futures) if future.cancelled()] == [1, 4]


def test_where_nothing_ends_workers_are_asked_for():
    with saying(ExecutorTimeoutError, "5 of 5 are not finished", "are there any workers?"):
        execute(Fake(lambda *_: True), divmod, CALLS, timeout=0.02)


def test_without_an_executor_the_time_is_looked_at_between_calls():
    found = {}
    with saying(ExecutorTimeoutError, "1 of 3 is not finished: call 2"):
        execute(None, time.sleep, [(0.0,), (0.1,), (0.0,)], timeout=0.05, found=found)
    assert found == {0: None, 1: None}


@pytest.mark.parametrize("make", [lambda: None, Fake, Merging, Pickling, lambda: ThreadPoolExecutor(1)])
def test_an_error_of_a_call_is_raised_and_named(make):
    with saying(ZeroDivisionError) as caught:
        execute(make(), divmod, [(1, 1), (1, 0), (2, 1)], names=["one", "two", "three"])
    assert caught.value.__notes__[-1] == "in two"


@pytest.mark.parametrize("make", [lambda: None, Fake, Pickling])
def test_errors_of_calls_may_be_kept(make):
    first, fault, last = execute(make(), divmod, [(1, 1), (1, 0), (2, 1)], keeps_faults=True)
    assert (first, last) == ((1, 0), (2, 0))
    assert isinstance(fault.error, ZeroDivisionError)
    assert fault.error.__traceback__ is None
    assert "in _made" in fault.error.__notes__[0]


class OddError(Exception):
    def __init__(self, a, b):
        super().__init__(f"{a} and {b}")


class SecretError(Exception):
    def __reduce__(self):
        raise TypeError("cannot pickle it")


@pytest.mark.parametrize("error", [OddError(1, 2), SecretError("1 and 2")])
def test_an_error_that_cannot_be_sent_comes_as_text(error):
    came = pickle.loads(pickle.dumps(Fault(error))).error
    if type(came) is not type(error):  # where Dask is loaded, errors can be sent that cannot elsewhere
        assert type(came) is RuntimeError
        assert str(came) == f"{type(error).__name__}: 1 and 2"
    assert str(came).endswith("1 and 2")


def test_what_cannot_be_sent_is_told():
    found = {}
    words = "cannot be sent to another process", "def and class at the top of a module"
    with saying(ExecutorError, *words) as caught:
        execute(Pickling(), lambda x: x, [(1,)] * 3, found=found)
    assert caught.value.lost == [0, 1, 2]
    with saying(ExecutorError, *words):
        execute(Pickling(), threading.Lock, [()])


def test_ctrl_c_cancels_what_has_not_begun_and_keeps_what_is_done():
    def wrong(number, future):
        if number == 4:
            raise KeyboardInterrupt
        return number in (2, 3)

    found, executor = {}, Fake(wrong)
    with pytest.raises(KeyboardInterrupt):
        execute(executor, divmod, CALLS, found=found)
    assert found == dict(enumerate(ANSWERS[:2]))
    assert [future.cancelled() for future in executor.futures] == [False, False, True, True, False]


class Client:
    def get_executor(self):
        raise AssertionError


NONE = [
    (4, DataError, "an executor is one such as ThreadPoolExecutor(4)"),
    ("threads", DataError, "not 'threads' (str)"),
    (ThreadPoolExecutor, DataError, "write ThreadPoolExecutor(4)"),
    (Client(), DataError, "executor=client.get_executor(pure=False)"),
]


@pytest.mark.parametrize(("thing", "kind", "words"), NONE)
def test_what_is_no_executor_is_refused(thing, kind, words):
    with saying(kind, words):
        execute(thing, divmod, CALLS)


@pytest.mark.parametrize(("options", "kind"), [({"timeout": 0}, RangeError), ({"retries": -1}, DataError)])
def test_settings_that_mean_nothing_are_refused(options, kind):
    executor = Fake()
    with saying(kind, *options):
        execute(executor, divmod, CALLS, **options)
    assert not executor.futures
