"""Headless Chromium by the DevTools protocol, with nothing but the standard library."""
import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request


class BrowserError(Exception):
    """The browser did not start, did not answer, or refused a command."""


class WebSocket:
    """The client half of RFC 6455, as far as DevTools needs it: text messages, no extensions."""

    def __init__(self, url, timeout=30):
        parts = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self._receive()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise BrowserError(f"no WebSocket: {head[:100]!r}")

    def _receive(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise BrowserError("the browser closed the connection")
        return data

    def _take(self, count):
        while len(self.buffer) < count:
            self.buffer += self._receive()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def send(self, text):
        self._frame(0x1, text.encode())

    def _frame(self, opcode, data):
        # RFC 6455 5.3: a client masks everything it sends.
        mask = os.urandom(4)
        length = len(data)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
        elif length < 1 << 16:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
        self.socket.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def receive(self):
        message = b""
        while True:
            first, second = self._take(2)
            length = second & 0x7F
            if length == 126:
                length, = struct.unpack("!H", self._take(2))
            elif length == 127:
                length, = struct.unpack("!Q", self._take(8))
            data = self._take(length)
            opcode = first & 0x0F
            if opcode == 0x9:
                self._frame(0xA, data)
            elif opcode == 0x8:
                raise BrowserError("the browser closed the WebSocket")
            elif opcode in (0x0, 0x1):
                message += data
                if first & 0x80:
                    return message.decode()

    def close(self):
        self.socket.close()


class Browser:
    """One headless Chromium with one page. Use it in a `with`; it ends the browser and its profile."""

    def __init__(self, width=1280, height=900):
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        if program is None:
            raise BrowserError("chromium is not installed")
        self.profile = tempfile.mkdtemp(prefix="burnd-page-")
        self.errors, self.socket, self.number = [], None, 0
        # No sandbox: tests also run as root in a container, where Chromium has none.
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self._connect()
            for domain in ("Page", "Runtime", "DOM", "Log"):
                self.command(f"{domain}.enable")
            self.resize(width, height)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.socket:
            self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _connect(self):
        port_file = os.path.join(self.profile, "DevToolsActivePort")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise BrowserError(f"chromium ended with {self.process.returncode}")
            try:
                with open(port_file) as file:
                    port = file.readline().strip()
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=10) as answer:
                    page = next(one for one in json.load(answer) if one["type"] == "page")
                self.socket = WebSocket(page["webSocketDebuggerUrl"])
                return
            except (OSError, StopIteration):
                time.sleep(0.1)
        raise BrowserError("chromium did not open its DevTools within 60 s")

    def command(self, method, **parameters):
        """One DevTools command and its result. Errors of the page that come in between are kept in `errors`."""
        self.number += 1
        number = self.number
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.receive())
            if message.get("id") == number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        if message.get("method") == "Runtime.exceptionThrown":
            details = message["params"]["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            entry = message["params"]["entry"]
            self.errors.append(f"{entry['text']} {entry.get('url', '')}".strip())
        elif message.get("method") == "Page.javascriptDialogOpening":
            # "Leave the page?" while a form is filled: answered without waiting, the reply is read and dropped.
            self.number += 1
            self.socket.send(json.dumps({"id": self.number, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}))

    def resize(self, width, height, scale=1, mobile=False):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=mobile)

    def dark(self, on=True):
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if on else "light"}])

    def navigate(self, url):
        result = self.command("Page.navigate", url=url)
        if result.get("errorText"):
            raise BrowserError(f"{url}: {result['errorText']}")
        self.wait("document.readyState === 'complete'", f"{url} to load")

    def evaluate(self, script):
        """The value of a JavaScript expression; promises are waited for."""
        result = self.command("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise BrowserError(f"{script}: {details.get('exception', {}).get('description', details['text'])}")
        return result["result"].get("value")

    def wait(self, script, what, timeout=30):
        """Waits until the expression is true; `what` says in the error what did not come."""
        deadline = time.monotonic() + timeout
        while True:
            if self.evaluate(f"Boolean({script})"):
                return
            if time.monotonic() > deadline:
                raise BrowserError(f"waited {timeout} s for {what}")
            time.sleep(0.05)

    def text(self, selector):
        return self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def _centre(self, selector):
        quoted = json.dumps(selector)
        box = self.evaluate(f"(() => {{ const e = document.querySelector({quoted}); if (!e) return null;"
                            "e.scrollIntoView({block: 'center', behavior: 'instant'}); const b = e.getBoundingClientRect();"
                            "return [b.x + b.width / 2, b.y + b.height / 2, b.width * b.height] })()")
        if not box or not box[2]:
            raise BrowserError(f"nothing to press at {selector}")
        return box[0], box[1]

    def _mouse(self, kind, x, y):
        self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1,
                     buttons=0 if kind == "mouseReleased" else 1)

    def click(self, selector, hold=0):
        """A press where the element is, so that something lying over it is noticed; held down for `hold` seconds."""
        x, y = self._centre(selector)
        self._mouse("mousePressed", x, y)
        time.sleep(hold)
        self._mouse("mouseReleased", x, y)

    def drag(self, start, end):
        """Drags from one element to another in a few moves, as a hand would."""
        x, y = self._centre(start)
        quoted = json.dumps(end)
        to = self.evaluate(f"(() => {{ const b = document.querySelector({quoted}).getBoundingClientRect();"
                           "return [b.x + b.width / 2, b.y + b.height * 0.9] })()")
        self._mouse("mousePressed", x, y)
        for step in range(1, 6):
            self._mouse("mouseMoved", x, y + (to[1] - y) * step / 5)
        self._mouse("mouseReleased", x, to[1])

    def type(self, selector, words):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        self.command("Input.insertText", text=words)

    def set_files(self, selector, paths):
        document = self.command("DOM.getDocument")
        node = self.command("DOM.querySelector", nodeId=document["root"]["nodeId"], selector=selector)["nodeId"]
        if not node:
            raise BrowserError(f"no {selector}")
        self.command("DOM.setFileInputFiles", nodeId=node, files=[os.path.abspath(path) for path in paths])

    def screenshot(self, path, full=True):
        """A PNG of the page: all of it, or what fits into the window."""
        clip = {}
        if full:
            # A header that sticks to the window would lie over the middle of the picture.
            self.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")
            size = self.command("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}
        shot = self.command("Page.captureScreenshot", format="png", captureBeyondViewport=full, **clip)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
