"""A real browser, asked over a pipe what it shows: the tree that a screen reader is given, colours, a picture."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WHY_NOT = "no Chromium on this machine"
_QUIET = ("--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")

# Chromium reads commands from 3 and answers to 4. The copies keep the one from taking the other's place.
_AS_THREE_AND_FOUR = """import os, sys
read, write = os.dup(int(sys.argv[1])), os.dup(int(sys.argv[2]))
for held, number in ((read, 3), (write, 4)):
    os.dup2(held, number)
    os.set_inheritable(number, True)
os.execv(sys.argv[3], sys.argv[3:])"""

# Each element that has text of its own, with its colour, the colour behind it, and whether it runs past the window.
_LOOKS = """[...document.querySelectorAll('body *')].filter(one => [...one.childNodes].some(
    child => child.nodeType == 3 && child.data.trim())).map(one => ({tag: one.tagName, colour: getComputedStyle(one).color,
    behind: getComputedStyle(document.body).backgroundColor, size: parseFloat(getComputedStyle(one).fontSize),
    past: one.getBoundingClientRect().right > innerWidth}))"""


class Browser:
    """One page in a headless Chromium with an empty profile."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
        command = [CHROMIUM, *_QUIET, *root, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        through = [sys.executable, "-c", _AS_THREE_AND_FOUR, str(theirs_in), str(theirs_out), *command]
        nowhere = subprocess.DEVNULL
        self._process = subprocess.Popen(through, pass_fds=(theirs_in, theirs_out), stdin=nowhere, stdout=nowhere, stderr=nowhere)
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        self._held, self._number, self._session = b"", 0, ""
        self.asked_for: list[str] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Accessibility", "Runtime"):
            self.ask(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._in.close()
        self._out.close()

    def ask(self, method: str, **params: Any) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params, **({"sessionId": self._session} if self._session else {})}
        self._out.write(json.dumps(message).encode() + b"\0")
        self._out.flush()
        while (answer := self._next()).get("id") != self._number:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def show(self, page: Path, *, width: int, dark: bool = False) -> None:
        """Open a page as a phone with a window of this width would."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=760, deviceScaleFactor=2, mobile=True)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.ask("Page.navigate", url=page.as_uri())
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def tree(self) -> list[tuple[str, str, int]]:
        """Role, name and level of what a screen reader is told of, in its order."""
        nodes = self.ask("Accessibility.getFullAXTree")["nodes"]
        by_id = {node["nodeId"]: node for node in nodes}

        def walk(node: Any) -> list[tuple[str, str, int]]:
            level = next((int(one["value"]["value"]) for one in node.get("properties", ()) if one["name"] == "level"), 0)
            here = [] if node["ignored"] else [(node["role"]["value"], node.get("name", {}).get("value", ""), level)]
            return here + [found for child in node.get("childIds", ()) if child in by_id for found in walk(by_id[child])]

        return walk(nodes[0])

    def looks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("Runtime.evaluate", expression=_LOOKS, returnByValue=True)["result"]["value"]
        return found

    def picture(self) -> bytes:
        return base64.b64decode(self.ask("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._held:
            more = os.read(self._in.fileno(), 65_536)
            assert more, "Chromium has stopped"
            self._held += more
        message, self._held = self._held.split(b"\0", 1)
        said: dict[str, Any] = json.loads(message)
        if said.get("method") == "Network.requestWillBeSent":
            self.asked_for.append(said["params"]["request"]["url"])
        return said
