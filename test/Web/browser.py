"""Uses the page of examples/web as a person would, in headless Chromium, and prints what it found as `detect --format json` would.
Standard library only; the browser is told what to do through the pipe of its debugging protocol.

    browser.py INDEX.html PICTURE.png... [--screenshot FILE.png]

Drops each picture on the page and reads boxes and milliseconds; then drops a file that is none, and uses the (synthetic) camera.
Exit status 1, with a word on stderr, if one of them does not show within a minute, or if the page asked the network for anything.
"""
import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--use-fake-device-for-media-stream",
         "--use-fake-ui-for-media-stream", "--window-size=800,1020", "--no-first-run", "--disable-background-networking"]
DROP = """(() => { const data = new DataTransfer(), bytes = Uint8Array.from(atob('%s'), c => c.charCodeAt(0));
  data.items.add(new File([bytes], '%s')); document.getElementById('boxes').replaceChildren();
  document.getElementById('canvas').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })); })()"""
UNTIL = """new Promise((done, fail) => { const start = Date.now(); (function look() {
  if (%s) done(true); else if (Date.now() - start > 60000) done(false); else setTimeout(look, 50); })(); })"""
TIME = "document.getElementById('time').textContent"
BOXES = "[...document.querySelectorAll('#boxes li')].map(item => JSON.parse(item.dataset.box))"


class Browser:
    def __init__(self, profile):
        to_browser, self.commands = os.pipe()
        self.answers, from_browser = os.pipe()
        # The protocol's pipes are its descriptors 3 and 4.
        shell = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        command = ["bash", "-c", shell, "browser", "chromium", *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(command, pass_fds=(to_browser, from_browser), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.number, self.session, self.requests = b"", 0, None, []

    def receive(self):
        while b"\0" not in self.buffer:
            read = os.read(self.answers, 1 << 20)
            if not read:
                raise SystemExit("browser.py: the browser has gone")
            self.buffer += read
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data):]
        while True:
            answer = self.receive()
            if answer.get("method") == "Network.requestWillBeSent":
                self.requests.append(answer["params"]["request"]["url"])
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"browser.py: {method}: {answer['error']}")
                return answer["result"]

    def open(self, path):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Network.enable")
        self.call("Page.enable")
        self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"browser.py: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, condition):
        if not self.evaluate(UNTIL % condition):
            raise SystemExit(f"browser.py: waited for {condition}; the page says: {self.evaluate(TIME)}")

    def drop(self, name, content):
        self.evaluate(DROP % (base64.b64encode(content).decode(), name))

    def close(self):
        """With the browser's other end gone it leaves, and takes its own processes along."""
        os.close(self.commands)
        os.close(self.answers)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def use(browser, pictures, screenshot):
    browser.wait_for(f"document.getElementById('time') && / objects in /.test({TIME})")  # the example
    found = []
    for picture in map(pathlib.Path, pictures):
        browser.drop(picture.name, picture.read_bytes())
        browser.wait_for(f"document.querySelector('#boxes li')?.dataset.box.includes('{picture.name}')")
        found += browser.evaluate(BOXES)
        print(f"{picture.name}: {browser.evaluate(TIME)}", file=sys.stderr)
    if screenshot:
        image = browser.call("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(screenshot).write_bytes(base64.b64decode(image))
    browser.drop("words.txt", b"no picture")
    browser.wait_for(f"{TIME}.startsWith('words.txt: ')")
    browser.evaluate("document.getElementById('camera').click()")
    browser.wait_for(f"/ objects in /.test({TIME})")
    foreign = [url for url in browser.requests if not url.startswith(("file:", "data:", "blob:"))]
    if foreign:
        raise SystemExit(f"browser.py: the page asked the network for {foreign}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("page")
    parser.add_argument("pictures", nargs="+")
    parser.add_argument("--screenshot")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            browser.open(arguments.page)
            print(json.dumps(use(browser, arguments.pictures, arguments.screenshot)))
        finally:
            browser.close()


if __name__ == "__main__":
    main()
