"""Browsers that are there already, driven alike: Chromium by Playwright, Firefox by WebDriver BiDi."""

import importlib.util
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from tests.bidi import firefox

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "chrome"),
    "firefox": ("firefox-esr", "firefox"),
}
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
BULLETS = "data:font/woff2"  # of Firefox itself, for the marks of lists; a page may have no fonts
BLOCKED = """
addEventListener("securitypolicyviolation", (event) => {
    (window.blocked ??= []).push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


def need(*packages):
    """Skip the test where a package is not installed."""
    for package in packages:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}: pip install -e '.[browser]'")


def program_of(name):
    """Return the path of a browser that runs; skip the test where there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS[name])), None)
    if program is None or subprocess.run([program, "--version"], capture_output=True).returncode:
        pytest.skip(f"needs {name}: apt-get install {PROGRAMS[name][0]}")
    return program


@contextmanager
def chromium():
    """Run Chromium, and give what Playwright drives it by."""
    need("playwright")
    program = program_of("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        driven = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield driven
        driven.close()


class Chromium:
    """Makes tabs of Chromium."""

    def __init__(self, driven):
        self._driven = driven

    def tab(self, before, is_dark):
        return ChromiumTab(self._driven, before, is_dark)


class Firefox:
    """Makes tabs of Firefox: what is dark has a process of its own, for it is a preference."""

    def __init__(self, program, folder):
        self._program = program
        self._folder = folder
        self._running = {}

    def tab(self, before, is_dark):
        if is_dark not in self._running:
            place = self._folder / ("dark" if is_dark else "light")
            place.mkdir()
            process = firefox(self._program, place, is_dark)
            self._running[is_dark] = (process, process.__enter__())
        return self._running[is_dark][1].tab(before)

    def close(self):
        for process, _ in self._running.values():
            process.__exit__(None, None, None)


@contextmanager
def running(name, folder):
    """Run a browser, and give what makes tabs of it."""
    if name == "chromium":
        with chromium() as driven:
            yield Chromium(driven)
    else:
        need("websocket")
        browser = Firefox(program_of(name), folder)
        try:
            yield browser
        finally:
            browser.close()


class ChromiumTab:
    """A tab of Chromium, without a network; `before` are scripts that run before any of a page."""

    def __init__(self, driven, before, is_dark):
        self._context = driven.new_context(
            viewport={"width": 1280, "height": 800}, color_scheme="dark" if is_dark else "light"
        )
        self._context.set_offline(True)
        self._page = self._context.new_page()
        self.said = []
        self._page.on("console", lambda said: self.said.append((said.type, said.text)))
        self._page.on("pageerror", lambda fault: self.said.append(("error", str(fault))))
        self._page.on("request", lambda request: self.said.append(("request", request.url)))
        self._page.on("dialog", self._dismiss)
        for script in before:
            self._page.add_init_script(script)

    def _dismiss(self, dialog):
        self.said.append(("error", f"a dialog: {dialog.message}"))
        dialog.dismiss()

    def open(self, address):
        self._page.goto(address)

    def evaluate(self, expression):
        """Return what an expression gives, as JSON carries it."""
        return self._page.evaluate(expression)

    def run(self, script):
        """Run a script of statements."""
        self._page.evaluate(f"(() => {{ {script}\n }})()")

    def press(self, *keys):
        for key in keys:
            self._page.keyboard.press(key)

    def drag(self, *places):
        """Press the mouse at the first place, move it over the others, and let it go."""
        mouse = self._page.mouse
        for i, place in enumerate(places):
            mouse.move(*place)
            if not i:
                mouse.down()
        mouse.up()

    def wheel(self, place, down):
        self._page.mouse.move(*place)
        self._page.mouse.wheel(0, down)

    def resize(self, width, height):
        self._page.set_viewport_size({"width": width, "height": height})

    def close(self):
        self._context.close()


@contextmanager
def opened(browser, path, before=(), is_dark=False, size=(1280, 800)):
    """Open a file, and fail when the browser complains of it, or it asks for anything but itself."""
    tab = browser.tab([BLOCKED, *before], is_dark)
    try:
        tab.resize(*size)
        address = path.absolute().as_uri()
        tab.open(address)
        yield tab
        blocked = tab.evaluate("window.blocked ?? []")
        asked = tab.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
        asked = [name for name in asked if not name.startswith(BULLETS)]
        bad = [said for said in tab.said if said[0] in ("error", "warning", "warn", "assert")]
        requests = [
            url
            for kind, url in tab.said
            if kind == "request" and url not in (address, "about:blank") and not url.startswith(BULLETS)
        ]
        found = [*bad, *blocked, *asked, *requests]
        assert not found, found
    finally:
        tab.close()
