"""A Firefox that is there already, driven by WebDriver BiDi: Playwright drives only its own build.

Firefox speaks this protocol by itself, so no driver is needed: https://w3c.github.io/webdriver-bidi.
"""

import json
import re
import subprocess
from collections import deque
from contextlib import contextmanager

SECONDS = 60
_ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
_KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue006",
    "Shift": "\ue008",
    "Escape": "\ue00c",
    "Backspace": "\ue003",
    "End": "\ue010",
    "Home": "\ue011",
    "Space": " ",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}
_PREFERENCES = {
    "remote.active-protocols": 1,
    "layout.css.prefers-color-scheme.content-override": 1,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.proxy.type": 1,  # nothing outside is ever reached: port 9 discards
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}


@contextmanager
def firefox(program, folder, is_dark):
    """Run a Firefox that has its profile in a folder, and give what drives it."""
    scheme = {"layout.css.prefers-color-scheme.content-override": 0 if is_dark else 1}
    lines = (
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in (_PREFERENCES | scheme).items()
    )
    (folder / "user.js").write_text("".join(lines))
    command = [
        program,
        "--headless",
        "--no-remote",
        "--profile",
        str(folder),
        "--remote-debugging-port",
        "0",
    ]
    log = folder / "log"
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
    connection = None
    try:
        connection = Connection(_address(process, log))
        yield connection
    finally:
        if connection is not None:
            connection.close()
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process, log):
    for _ in range(10 * SECONDS):
        found = _ADDRESS.search(log.read_text(errors="replace"))
        if found:
            return f"{found[1]}/session"
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"Firefox does not start: {log.read_text(errors='replace')[-2000:]}")


class Connection:
    """A session of Firefox: commands and their answers, and events that came between."""

    def __init__(self, address):
        from websocket import create_connection

        self._socket = create_connection(address, timeout=SECONDS, suppress_origin=True)
        self._count = 0
        self.events = deque()
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])

    def send(self, method, **params):
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            said = json.loads(self._socket.recv())
            if said["type"] == "event":
                self.events.append(said)
            elif said.get("id") == self._count:
                if said["type"] == "error":
                    raise RuntimeError(f"{method}: {said['error']}: {said['message']}")
                return said["result"]

    def tab(self, before):
        return FirefoxTab(self, before)

    def close(self):
        self._socket.close()


class FirefoxTab:
    """A tab of Firefox; `before` are scripts that run before any of a page."""

    def __init__(self, connection, before):
        self._send = connection.send
        self._events = connection.events
        self._events.clear()
        self._context = self._send("browsingContext.create", type="tab")["context"]
        self._scripts = [
            self._send("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")["script"]
            for script in before
        ]

    def open(self, address):
        self._send("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def evaluate(self, expression):
        """Return what an expression gives, as JSON carries it."""
        answer = self._send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    def run(self, script):
        """Run a script of statements."""
        target = {"context": self._context}
        answer = self._send("script.evaluate", expression=script, target=target, awaitPromise=False)
        assert answer["type"] == "success", answer

    def press(self, *keys):
        for key in keys:
            each = [_KEYS.get(part, part) for part in (key.split("+") if len(key) > 1 else [key])]
            actions = [{"type": "keyDown", "value": part} for part in each]
            actions += [{"type": "keyUp", "value": part} for part in reversed(each)]
            self._act({"type": "key", "id": "keys", "actions": actions})

    def drag(self, *places):
        """Press the mouse at the first place, move it over the others, and let it go."""
        first, *others = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in places
        ]
        actions = [first, {"type": "pointerDown", "button": 0}, *others, {"type": "pointerUp", "button": 0}]
        self._act({"type": "pointer", "id": "mouse", "actions": actions})

    def wheel(self, place, down):
        x, y = map(round, place)
        scroll = {"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": down}
        self._act({"type": "wheel", "id": "wheel", "actions": [scroll]})

    def _act(self, actions):
        self._send("input.performActions", context=self._context, actions=[actions])

    def resize(self, width, height):
        viewport = {"width": width, "height": height}
        self._send("browsingContext.setViewport", context=self._context, viewport=viewport)

    @property
    def said(self):
        """Return what was said in the console, and asked of the net, with the kind of each."""
        self._send("session.status")  # what was sent before has come with its answer
        found = []
        for event in self._events:
            params = event["params"]
            if event["method"] == "log.entryAdded":
                found.append((params["level"], params["text"]))
            elif params["context"] == self._context:
                found.append(("request", params["request"]["url"]))
        return found

    def close(self):
        for script in self._scripts:
            self._send("script.removePreloadScript", script=script)
        self._send("browsingContext.close", context=self._context)
