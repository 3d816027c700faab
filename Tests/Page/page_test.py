#!/usr/bin/env python3
"""Burns a disc through the page, as a person would, and looks at what it shows.

    python3 Tests/Page/page_test.py --url http://127.0.0.1:8080 --screenshots DIR --audio a.wav b.wav
    python3 Tests/Page/page_test.py --mock --screenshots DIR

It wants a server with an idle drive that holds a blank disc, and whose Load brings a blank (a virtual recorder, or
`--mock`). The exit status is 0 only if everything was shown as it should be.
"""
import argparse
import json
import pathlib
import sys
import tempfile
import time
import urllib.request

import mock_server
from browser import Browser, BrowserError
from screenshots import wav

#: Markup in a title: it must be shown as it is typed.
TITLE = "Page test <i>& friends</i>"
STATES = ["queued", "preparing", "waiting", "burning", "finalizing", "verifying", "completed", "failed", "cancelled"]


class Failure(Exception):
    """The page did not show what it should."""


def check(truth, what):
    if not truth:
        raise Failure(what)
    print(f"ok    {what}")


class PageTest:
    def __init__(self, browser, url, audio, folder, timeout, station=None):
        self.browser, self.url, self.audio = browser, url.rstrip("/"), audio
        self.folder, self.timeout, self.station = folder, timeout, station

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def picture(self, name):
        self.browser.screenshot(self.folder / f"{name}.png")

    def run(self):
        self.opens()
        self.eject_and_load()
        self.drive_tells_of_itself()
        self.uploads()
        self.refuses_what_is_no_audio()
        self.orders_and_names()
        number = self.submits()
        self.follows(number)
        self.says_when_it_knows_nothing()
        if self.station:
            self.cancels_when_held()
            self.enables_what_was_out_of_service()
            self.drives_come_and_go()
        self.other_readers()
        expected = ("422", "415")
        unexpected = [error for error in self.browser.errors if not any(code in error for code in expected)]
        check(not unexpected, f"no error in the browser's console {unexpected or ''}")

    def opens(self):
        self.browser.navigate(self.url + "/")
        self.browser.wait("document.querySelector('#live').dataset.live === 'live'", "the page to be live")
        drives = self.get("/api/v1/drives")["items"]
        self.browser.wait(f"document.querySelectorAll('.drive').length === {len(drives)}", f"{len(drives)} drives")
        shown = self.browser.text("#drives")
        check(all(drive["label"] in shown for drive in drives), f"the drives are shown: {[d['label'] for d in drives]}")
        check("SAFE TO OPEN" in shown, "an idle drive is safe to open")
        self.drive = next((one for one in drives if one["state"] == "idle" and one["safe_to_open"]), None)
        check(self.drive, "a drive is idle")
        self.picture("1-idle")

    def drives_come_and_go(self):
        count = len(self.station.drives)
        one = mock_server.drive("Plugged", node="/dev/sr3", pools=["audio"])
        self.station.plug(one)
        card = f".drive[data-drive='{one['id']}']"
        self.browser.wait(f"document.querySelector(\"{card}\")", "a drive that was plugged in")
        check("/dev/sr3" in self.browser.text(card), "a drive that was plugged in is shown with its node")
        options = "[...document.querySelectorAll('#drive option')].map((one) => one.value)"
        self.browser.wait(f"{options}.includes('pool:audio')", "its pool to be a choice")
        self.station.unplug(one)
        self.browser.wait(f"document.querySelectorAll('.drive').length === {count}", "the drive to be gone")
        check(not self.browser.evaluate(f"{options}.includes('pool:audio')"), "a drive that was unplugged is gone, and its pool")

    def card(self, rest=""):
        return f".drive[data-drive='{self.drive['id']}'] {rest}".strip()

    def tray(self, action, tray, words):
        """Presses the button of a drive, and waits for the card and the server to agree on what came of it."""
        enabled = f"document.querySelector({json.dumps(self.card(f'[data-action={action}]'))})?.disabled === false"
        self.browser.wait(enabled, f"{action} to be offered")
        self.browser.click(self.card(f"[data-action={action}]"))
        card = f"document.querySelector({json.dumps(self.card())})"
        self.browser.wait(f"{card}.dataset.tray === {json.dumps(tray)} && {card}.innerText.includes({json.dumps(words)})",
                          f"'{words}' after {action}", 60)
        check(self.get(f"/api/v1/drives/{self.drive['id']}")["tray"] == tray, f"{action}: the tray is {tray}, on the page too")

    def eject_and_load(self):
        if self.drive["tray"] != "open":
            self.tray("eject", "open", "Tray open")
            self.picture("2-tray-open")
        self.tray("load", "closed", "Blank CD-R")

    def drive_tells_of_itself(self):
        facts = self.card(".about")
        self.browser.click(f"{facts} summary")
        drive = self.get(f"/api/v1/drives/{self.drive['id']}")
        wanted = [drive["firmware"], drive["serial"], "48×", "lead-in 97:26:65", "CMC Magnetics", "track at once"]
        wanted += [quirk["reason"] for quirk in drive.get("quirks", [])]
        shown = self.browser.text(facts)
        check(all(word in shown for word in wanted), f"the drive tells of itself: {wanted}")
        self.picture("3-about")
        self.browser.click(f"{facts} summary")
        self.tray("identify", "closed", "Blank CD-R")

    def uploads(self):
        self.browser.set_files("#choose", self.audio)
        self.browser.wait(f"document.querySelectorAll('.track[data-state=ready]').length === {len(self.audio)}",
                          "the uploads to be recognised", self.timeout)
        names = self.names()
        check(names == [path.name for path in self.audio], f"uploaded in order: {names}")
        check("stereo" in self.browser.text(".track .small") or "mono" in self.browser.text(".track .small"),
              f"recognised: {self.browser.text('.track .small')}")
        check("79:57" in self.browser.text("#length-text"), f"length: {self.browser.text('#length-text')}")

    def names(self):
        return self.browser.evaluate("[...document.querySelectorAll('.track .file')].map((one) => one.textContent)")

    def refuses_what_is_no_audio(self):
        with tempfile.TemporaryDirectory() as folder:
            text = pathlib.Path(folder, "notes.txt")
            text.write_text("This is no music. " * 100)
            self.browser.set_files("#choose", [text])
            self.browser.wait("document.querySelector('.track[data-state=refused] .problem')", "the refusal of a text file")
        self.picture("3-refused")
        check(self.browser.evaluate("document.querySelector('#burn').disabled"), "no burning with a file that is no audio")
        self.browser.click(".track[data-state=refused] [data-action=remove]")
        self.browser.wait("!document.querySelector('.track[data-state=refused]')", "the refused file to go")

    def orders_and_names(self):
        before = self.names()
        self.browser.click(".track:nth-child(1) [data-action=down]")
        check(self.names() == [before[1], before[0], *before[2:]], f"moved down: {self.names()}")
        self.browser.drag(".track:nth-child(1) .grip", ".track:nth-child(2) .moves")
        check(self.names() == before, f"dragged back: {self.names()}")
        self.browser.click(".track:nth-child(2) [data-action=up]")
        self.order = self.names()
        check(self.order == [before[1], before[0], *before[2:]], f"moved up: {self.order}")
        self.browser.type(".track:nth-child(1) [data-field=title]", "First <b>song</b>")
        self.browser.type(".track:nth-child(1) [data-field=performer]", "Somebody")
        self.browser.type("#title", TITLE)
        self.browser.type("#owner", "desk 3")
        self.browser.evaluate(f"document.querySelector('#drive').value = {json.dumps(self.drive['id'])}")
        self.picture("4-form")

    def submits(self):
        known = {job["id"] for job in self.get("/api/v1/jobs")["items"]}
        # What the page shows of the new job from now on, in order: a state may pass between two looks from here.
        self.browser.evaluate(
            "window.shown = []; window.look = () => { for (const row of document.querySelectorAll('.job'))"
            " { const seen = `${row.dataset.job} ${row.dataset.state}`; if (!shown.includes(seen)) shown.push(seen); } };"
            "new MutationObserver(look).observe(document.querySelector('.lists'), {subtree: true, childList: true,"
            " attributes: true, attributeFilter: ['data-state']}); look()")
        # Twice, as an impatient hand does.
        self.browser.evaluate("document.querySelector('#burn').click(); document.querySelector('#burn').click()")
        self.browser.wait("document.querySelector('#burn-note').textContent.startsWith('Job ')", "the job to be accepted", self.timeout)
        new = [job for job in self.get("/api/v1/jobs")["items"] if job["id"] not in known]
        check(len(new) == 1, f"two presses make one job: {[job['id'] for job in new]}")
        job = new[0]
        check(job["title"] == TITLE and job["owner"] == "desk 3", "title and owner arrived")
        tracks = job["source"]["tracks"]
        check([track["name"] for track in tracks] == self.order, "the tracks are in the order of the page")
        check((tracks[0]["title"], tracks[0]["performer"]) == ("First <b>song</b>", "Somebody"), "the names of the track arrived")
        check(self.names() == [], "the form is empty again")
        return job["id"]

    def follows(self, number):
        row = f".job[data-job='{number}']"
        seen_progress = False
        deadline = time.monotonic() + self.timeout
        while True:
            state = self.browser.evaluate(f"document.querySelector({json.dumps(row)})?.dataset.state")
            card = self.browser.text(self.card())
            if not seen_progress and "%" in card and state == "burning":
                seen_progress = True
                check("DO NOT OPEN" in card, "a drive that burns says DO NOT OPEN")
                asked = self.get(f"/api/v1/jobs/{number}")["inhibitor"]
                why = self.browser.evaluate(f"document.querySelector({json.dumps(self.card('.danger'))}).title")
                check("Keep this computer awake and on" in card and asked["detail"] in why,
                      f"a burn that nothing protects says so: {asked['result']}")
                check(self.browser.evaluate(f"document.querySelector({json.dumps(self.card('[data-action=eject]'))}).disabled"),
                      "a drive that burns cannot be ejected")
                self.picture("5-burning")
                self.browser.click(self.card(".cancel"))
                check(TITLE in self.browser.text(row), "a title is shown as it was typed")
            if state in ("completed", "failed", "cancelled"):
                break
            if time.monotonic() > deadline:
                raise Failure(f"job {number} is still {state} after {self.timeout} s")
            time.sleep(0.05)
        self.picture("6-finished")
        text = self.browser.text(row)
        check(state == "completed", f"job {number} completed: {text!r}")
        check("every sample compared" in text, "the page says what was proven")
        check(seen_progress, "progress was shown while it burned")
        shown = self.browser.evaluate(f"shown.filter((one) => one.startsWith('{number} ')).map((one) => one.split(' ')[1])")
        order = [STATES.index(state) for state in shown]
        check(order == sorted(order) and {"burning", "verifying", "completed"} <= set(shown), f"states in order: {shown}")
        self.browser.wait(f"document.querySelector({json.dumps(self.card())}).innerText.includes('SAFE TO OPEN')",
                          "the drive to be safe to open again")
        check(True, "the drive is safe to open again")

    def says_when_it_knows_nothing(self):
        # A minute passes for the page without a word from the server.
        self.browser.evaluate("window.realNow = Date.now; Date.now = () => realNow() + 60000")
        self.browser.wait("!document.querySelector('#stale').hidden", "the page to say that it is out of date", 10)
        check(self.browser.evaluate("[...document.querySelectorAll('.drive button')].every((one) => one.disabled)"),
              "a page that hears nothing says so, and its buttons are off")
        check("SAFE TO OPEN" not in self.browser.text("#drives"), "nothing is called safe by a page that does not know")
        self.picture("7-stale")
        self.browser.evaluate("Date.now = realNow")
        self.browser.wait("document.querySelector('#stale').hidden", "the page to be live again")

    def cancels_when_held(self):
        """Against the mock only: it costs a disc."""
        self.station.pace = 2
        self.tray("eject", "open", "Tray open")
        self.tray("load", "closed", "Blank CD-R")

    def shows_the_drive(self):
        facts = self.card(".about")
        self.browser.click(f"{facts} summary")
        drive = self.get(f"/api/v1/drives/{self.drive['id']}")
        wanted = [drive["firmware"], drive["serial"], "48×", "lead-in 97:26:65", "CMC Magnetics", "track at once"]
        wanted += [quirk["reason"] for quirk in drive.get("quirks", [])]
        shown = self.browser.text(facts)
        check(all(word in shown for word in wanted), f"the drive tells of itself: {wanted}")
        self.picture("3-about")
        self.browser.click(f"{facts} summary")
        self.tray("identify", "closed", "Blank CD-R")
        file = next(iter(self.station.files))
        order = {"mode": "tao", "title": "To be lost", "drive": self.drive["id"], "source": {"tracks": [{"file": file}]}}
        request = urllib.request.Request(self.url + "/api/v1/jobs", json.dumps(order).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            number = json.load(answer)["id"]
        button = f"document.querySelector({json.dumps(self.card('.cancel.costs'))})"
        self.browser.wait(f"{button} && !{button}.hidden", "the button that costs a disc")
        self.browser.click(self.card(".cancel.costs"), hold=0.5)
        check(self.station.jobs[number]["state"] == "burning", "half a second does not cancel a burn")
        self.browser.click(self.card(".cancel.costs"), hold=2.3)
        self.browser.wait(f"document.querySelector('.job[data-job=\"{number}\"][data-state=cancelled]')", "the job to be cancelled", 20)
        check("spoiled" in self.browser.text(f".job[data-job='{number}']"), "held for two seconds it does, and the disc is said to be spoiled")

    def enables_what_was_out_of_service(self):
        """Against the mock only: a recorder would have to fail three discs."""
        one = self.station.drives[self.drive["id"]]
        words = "3 discs in a row failed. Look at the drive and at the discs, then enable the drive."
        self.station.set_drive(one, enabled=False, reasons=["drive-failing"], service=mock_server.service(4, 3, 3, words))
        enable = f"document.querySelector({json.dumps(self.card('[data-action=enable]'))})"
        self.browser.wait(f"{enable} && !{enable}.hidden && !{enable}.disabled", "a button that enables the drive")
        card = self.browser.text(self.card())
        check("Out of service" in card and "Ready" not in card and words in card, "a drive out of service says why, and what to do")
        check("4 discs burned, 3 failed, the last 3 in a row" in card, "good and bad discs of the drive are shown")
        self.picture("8-out-of-service")
        self.browser.click(self.card("[data-action=enable]"))
        self.browser.wait(f"{enable}.hidden", "the drive to be enabled")
        card = self.browser.text(self.card())
        check("Out of service" not in card and "4 discs burned, 3 failed" in card, "enabled, it is in service again")

    def other_readers(self):
        self.browser.resize(390, 844, mobile=True)
        self.browser.wait("document.documentElement.scrollWidth <= 390", "the page to fit a phone", 5)
        check(True, "nothing is wider than a phone")
        self.picture("8-phone")
        self.browser.resize(1280, 800)
        self.browser.dark()
        self.browser.navigate(self.url + "/?kiosk=1")
        self.browser.wait("document.querySelector('.drive')", "the kiosk's drives")
        check(self.browser.evaluate("getComputedStyle(document.querySelector('#new')).display === 'none'"), "a kiosk has no form")
        self.picture("9-kiosk-dark")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url")
    where.add_argument("--mock", action="store_true", help="against Tests/Page/mock_server.py")
    parser.add_argument("--screenshots", type=pathlib.Path, required=True)
    parser.add_argument("--audio", type=pathlib.Path, nargs="+", help="two files or more")
    parser.add_argument("--timeout", type=float, default=180, help="seconds for the burn, and for the uploads")
    options = parser.parse_args()
    options.screenshots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        audio = options.audio or [wav(pathlib.Path(folder, name), seconds) for name, seconds in (("one.wav", 5), ("two.wav", 7))]
        if len(audio) < 2:
            parser.error("--audio takes two files or more")
        mock = mock_server.start() if options.mock else None
        url = options.url or f"http://127.0.0.1:{mock.server_port}"
        station = mock and mock.RequestHandlerClass.station
        try:
            with Browser() as browser:
                test = PageTest(browser, url, audio, options.screenshots, options.timeout, station)
                try:
                    test.run()
                except (Failure, BrowserError):
                    browser.screenshot(options.screenshots / "failure.png")
                    print("\n".join(f"console: {error}" for error in browser.errors), file=sys.stderr)
                    raise
        except (Failure, BrowserError, OSError) as error:
            print(f"FAILED {error}", file=sys.stderr)
            return 1
    print("the page works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
