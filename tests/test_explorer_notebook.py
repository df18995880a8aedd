"""Pages in notebooks: in a frame, with the picture beside it for where frames are cut out."""

import re
from html import unescape

import nbformat
import pytest
from nbconvert import HTMLExporter

from autograd_scratch import Value, draw
from autograd_scratch.errors import DrawingError
from tests.browsers import chromium


def explored():
    a, b = Value(2.0, "a"), Value(-3.0, '"><script>alert(1)</script>')
    return draw((a * b + a).tanh().named("c"), title="A <page>").explore()


def test_the_page_is_in_a_frame_of_its_own():
    page = explored()
    shown = page._repr_html_()
    (frame,) = re.findall(r"<iframe [^>]*>", shown)
    assert unescape(re.search(r'srcdoc="([^"]*)"', frame)[1]) == page.html
    assert 'sandbox="allow-scripts"' in frame
    assert 'title="A &lt;page&gt;"' in frame
    assert re.search(r'<details><summary>Picture</summary><img src="data:image/svg\+xml;', shown)
    assert "<script" not in shown


def test_where_nothing_lays_out_the_page_stands_alone(monkeypatch):
    def nothing(*_):
        raise DrawingError("nothing here")

    monkeypatch.setattr("autograd_scratch.drawing.picture.lay_out", nothing)
    shown = explored()._repr_html_()
    assert "<iframe" in shown
    assert "<img" not in shown


@pytest.mark.browser
@pytest.mark.parametrize("sanitize", [False, True], ids=["trusted", "sanitized"])
def test_a_notebook_that_was_saved_runs_the_page_or_shows_the_picture(sanitize, tmp_path):
    output = nbformat.v4.new_output(
        "display_data", {"text/html": explored()._repr_html_(), "text/plain": "the page"}
    )
    cell = nbformat.v4.new_code_cell("page", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    body, _ = HTMLExporter(sanitize_html=sanitize).from_notebook_node(notebook)
    path = tmp_path / "notebook.html"
    path.write_text(body)
    with chromium() as driven:
        page = driven.new_page()
        faults = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(path.as_uri(), wait_until="domcontentloaded")
        if sanitize:
            assert page.locator("iframe").count() == 0
            assert "Picture" in page.locator("body").inner_text()
            return
        (frame,) = (each for each in page.frames if each is not page.main_frame)
        frame.locator(".box.output").click()
        assert frame.locator("h2").inner_text() == "c"
        frame.locator("button[aria-label='To the start']").click()
        assert "Next is the forward pass" in frame.locator(".status").inner_text()
        assert not faults
