#!/usr/bin/env python3
"""Pictures of the page in every state, to be looked at: python3 Tests/Page/screenshots.py DIR"""
import pathlib
import sys
import tempfile
import wave

import mock_server
from browser import Browser

READY = "document.querySelectorAll('.drive').length > 0"


def wav(path, seconds):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(bytes(44100 * 4 * seconds))
    return path


def fill_form(browser, folder):
    (folder / "notes.pdf").write_bytes(b"%PDF-1.4")
    files = [wav(folder / "01 Overture.wav", 61), wav(folder / "02 Andante.wav", 142), folder / "notes.pdf"]
    browser.set_files("#choose", files)
    browser.wait("document.querySelectorAll('.track[data-state=ready]').length === 2 && document.querySelector('.track[data-state=refused]')", "uploads")
    browser.type("#title", "Evening concert")
    browser.type(".track:nth-child(1) [data-field=title]", "Overture")


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    busy = f"http://127.0.0.1:{mock_server.start(scene='busy').server_port}/"
    idle = f"http://127.0.0.1:{mock_server.start().server_port}/"
    with Browser(1440, 900) as browser, tempfile.TemporaryDirectory() as folder:
        def shoot(name, url, width=1440, height=900, **how):
            browser.resize(width, height, **how)
            browser.navigate(url)
            browser.wait(READY, "drives")
            browser.screenshot(out / f"{name}.png")

        shoot("idle", idle)
        shoot("busy", busy)
        shoot("kiosk", busy + "?kiosk=1", 1280, 1024)
        shoot("phone", busy, 390, 844, mobile=True)
        browser.dark()
        shoot("dark", busy)
        browser.dark(False)
        shoot("form", idle)
        fill_form(browser, pathlib.Path(folder))
        browser.screenshot(out / "form.png")
        browser.resize(390, 844, mobile=True)
        browser.screenshot(out / "form-phone.png")
        browser.resize(900, 800)
        browser.navigate(busy + "problems/would-spoil-disc")
        browser.screenshot(out / "problem.png")
        if browser.errors:
            print("\n".join(browser.errors))


if __name__ == "__main__":
    main()
