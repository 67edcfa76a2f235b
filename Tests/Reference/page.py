#!/usr/bin/env python3
"""Opens an HTML file in headless Chromium and tells what came of it, as JSON.

    python3 Tests/Reference/page.py FILE WIDTH light|dark [--screenshot FILE]

It speaks the DevTools protocol over a pipe: no port, no package. `errors` are exceptions, refusals and console errors;
`requests` are the addresses asked for; `overflow` is by how many pixels the page is wider than the window; `sorted`
tells whether the keyboard sorts the first table.
"""
import argparse
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HEIGHT = 900
SORT = """
(() => {
  const head = document.querySelector("table.sortable th.n");
  const button = head.querySelector("button");
  button.focus();
  button.click();
  const column = head.cellIndex;
  const values = [...head.closest("table").tBodies[0].rows].map(row => Number(row.cells[column].dataset.v));
  return document.activeElement === button && head.getAttribute("aria-sort") === "descending" &&
    values.every((value, index) => index === 0 || values[index - 1] >= value);
})()
"""


class Browser:
    def __init__(self, profile):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--no-first-run", "--disable-extensions", "--disable-background-networking",
            f"--user-data-dir={profile}", "--remote-debugging-pipe",
        ]
        to_read, self.to_write = os.pipe()
        self.from_read, to_be_written = os.pipe()
        words = f'exec "$0" "$@" 3<&{to_read} 4>&{to_be_written}'
        self.process = subprocess.Popen(
            ["bash", "-c", words, program, *flags, "about:blank"],
            pass_fds=(to_read, to_be_written),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_be_written)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.events = []

    def receive(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.from_read, 1 << 16)
            if not piece:
                raise SystemExit("page: Chromium has ended")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"page: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")


def findings(browser, arguments):
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.call(f"{domain}.enable")
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=arguments.width, height=HEIGHT, deviceScaleFactor=1, mobile=arguments.width < 600,
    )
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": arguments.scheme}])
    browser.events.clear()
    browser.call("Page.navigate", url=arguments.file.resolve().as_uri())
    browser.wait("Page.loadEventFired")
    overflow = browser.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    ground = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    if arguments.screenshot:
        height = browser.evaluate("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": arguments.width, "height": height, "scale": 1}
        shot = browser.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        arguments.screenshot.write_bytes(base64.b64decode(shot["data"]))
    is_sorted = browser.evaluate(SORT)
    errors, requests = [], []
    for event in browser.events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            errors.append(parameters["exceptionDetails"]["text"])
        elif method == "Log.entryAdded":
            errors.append(parameters["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            errors.append(json.dumps(parameters["args"]))
        elif method == "Network.requestWillBeSent":
            requests.append(parameters["request"]["url"])
    return {"errors": errors, "requests": requests, "overflow": overflow, "ground": ground, "sorted": is_sorted}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("width", type=int)
    parser.add_argument("scheme", choices=["light", "dark"])
    parser.add_argument("--screenshot", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            json.dump(findings(browser, arguments), sys.stdout)
        finally:
            browser.process.kill()
            browser.process.wait()


if __name__ == "__main__":
    main()
