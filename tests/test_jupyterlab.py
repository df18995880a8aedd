"""What JupyterLab shows of a saved notebook, in a browser, to who trusts it and to who does not."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

from tests.browsers import chromium, need
from tests.notebooks.executing import executed, notebook_of, written
from tests.shown import OBJECTS

pytestmark = pytest.mark.browser

SECONDS = 120  # for a page
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # what is not in sight is there, too
}
THEMES = {"trusted": "JupyterLab Light", "untrusted": "JupyterLab Dark"}
PICTURES = [name for name, thing in OBJECTS.items() if "The loss in" in thing.says or name == "drawing"]

MEASURED = """
() => [...document.querySelectorAll(".jp-Notebook .jp-OutputArea-child")].map(child => {
    const output = child.querySelector(".jp-OutputArea-output");
    const box = output.getBoundingClientRect();
    const all = [...output.querySelectorAll("*")];
    const wide = all.filter(
        each => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX == "auto");
    return {
        text: output.innerText,
        height: box.height,
        width: box.width,
        excess: output.scrollWidth - output.clientWidth,
        wide: wide.map(element => element.tagName),
        ground: getComputedStyle(document.querySelector(".jp-Notebook")).backgroundColor,
        colours: [...new Set(all.map(each => getComputedStyle(each)).filter(
            style => style.backgroundColor == "rgba(0, 0, 0, 0)").map(style => style.color))],
        shapes: output.querySelectorAll("svg, script, style, [id]").length,
        images: [...output.querySelectorAll("img")].map(image => ({
            alt: image.alt, natural: image.naturalWidth, width: image.getBoundingClientRect().width})),
    };
})
"""


@pytest.fixture(scope="module")
def browser():
    need("jupyterlab")
    with chromium() as driven:
        yield driven


@pytest.fixture(scope="module")
def notebook():
    """A notebook that was executed: each object, and a shape that is cut out where it is not trusted."""
    cells = [f"OBJECTS[{name!r}].make()" for name in OBJECTS]
    shape = "from IPython.display import HTML\nHTML('<svg></svg>')"
    return written(executed(notebook_of(["from tests.shown import OBJECTS", *cells, shape])))


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def settings_in(folder, theme):
    """Write settings of JupyterLab, and return the environment in which it reads and writes there alone."""
    settings = SETTINGS | {"apputils-extension/themes": {"theme": theme}}
    for name, values in settings.items():
        path = folder / f"config/lab/user-settings/@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    places["IPYTHONDIR"] = "ipython"
    return os.environ | {name: str(folder / place) for name, place in places.items()}


@contextmanager
def jupyterlab(folder, environment):
    """Run JupyterLab over a folder, and give the address of notebooks in it, less the name."""
    port, token = free_port(), secrets.token_hex(16)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": token,
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--{name}={value}" for name, value in options.items()]
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        wait_for(f"{address}/api/status?token={token}", server, folder / "log")
        yield f"{address}/lab/tree/{{}}?token={token}&reset"
    finally:
        server.terminate()  # it ends the kernels that it began
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(address, server, log):
    end = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"JupyterLab does not start: {log.read_text()}") from None
            time.sleep(0.2)
        else:
            return


def outputs_on(page, address, count, complaints):
    """Return what each of so many outputs looks like, and add what the browser complains of."""
    page.set_default_timeout(SECONDS * 1_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.wait_for_function(f"document.querySelectorAll('.jp-OutputArea-child').length == {count}")
    page.wait_for_function("[...document.images].every(image => image.complete)")
    outputs = page.evaluate(MEASURED)
    page.close()
    return outputs


@pytest.fixture(scope="module", params=THEMES)
def opened(request, browser, notebook, tmp_path_factory):
    """What JupyterLab shows of each output, and what the browser complains of here alone."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "shown.ipynb").write_text(notebook)
    (folder / "empty.ipynb").write_text(written(notebook_of(["# nothing"])))
    environment = settings_in(folder, THEMES[request.param])
    if request.param == "trusted":
        sign = [sys.executable, "-m", "jupyter", "trust", folder / "shown.ipynb"]
        subprocess.run(sign, env=environment, check=True, capture_output=True)
    usual, complaints = [], []
    with jupyterlab(folder, environment) as address:
        size = {"width": 1_300, "height": 1_000}
        outputs_on(browser.new_page(viewport=size), address.format("empty.ipynb"), 0, usual)
        *outputs, shape = outputs_on(
            browser.new_page(viewport=size), address.format("shown.ipynb"), len(OBJECTS) + 1, complaints
        )
    assert shape["shapes"] == (request.param == "trusted")
    return request.param, dict(zip(OBJECTS, outputs, strict=True)), {*complaints} - {*usual}


def test_every_output_is_seen(opened):
    _, outputs, _ = opened
    for name, output in outputs.items():
        words = output["text"] + "".join(image["alt"] for image in output["images"])
        folded = name == "program of 5,000 lines"
        assert ("4,837 lines" if folded else OBJECTS[name].says) in " ".join(words.split()), name
        assert 10 < output["height"] < 2_000, name


def test_nothing_is_wider_than_its_cell(opened):
    _, outputs, _ = opened
    for name, output in outputs.items():
        assert output["excess"] <= 0, name
        assert output["wide"] == [], name
        assert all(image["width"] <= output["width"] for image in output["images"]), name


def test_pictures_are_loaded_and_have_their_words(opened):
    _, outputs, _ = opened
    for name in PICTURES:
        [image] = outputs[name]["images"]
        assert image["natural"] > 0
        assert image["alt"].startswith(("The loss in epochs 0 to ", "Computation graph of "))
    assert {name for name, output in outputs.items() if output["images"]} >= {*PICTURES}


def lightness(colour):
    red, green, blue = map(float, colour[colour.index("(") + 1 : -1].split(",")[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_texts_stand_out_from_the_page(opened):
    trust, outputs, _ = opened
    for name, output in outputs.items():
        ground = lightness(output["ground"])
        assert (ground > 0.9) == (trust == "trusted")
        assert all(abs(lightness(colour) - ground) > 0.5 for colour in output["colours"]), name


def test_nothing_disturbs_the_page(opened):
    _, outputs, complaints = opened
    assert complaints == set()
    assert not any(output["shapes"] for output in outputs.values())
