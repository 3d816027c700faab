#!/usr/bin/env python3
"""Every problem type of openapi.yaml has a page, every page is of a problem type, and nothing in public/ needs what the
content security policy forbids: inline scripts, inline styles, or anything from another server."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORBIDDEN = {
    "an inline script": r"<script(?![^>]*\bsrc=)", "an inline style": r"<style|\sstyle=", "an inline handler": r"<[^>]*\son\w+=",
    "another server": r"(?:src|href)=[\"'](?:https?:)?//|url\(|@import", "markup from text": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write",
}


def main():
    described = re.search(r"    ProblemSlug:\n(?:      .*\n)*?      enum:\n((?:        - [a-z-]+\n)+)", (ROOT / "openapi.yaml").read_text())
    slugs = set(described[1].replace("        - ", "").split())
    pages = {page.stem for page in (ROOT / "public/problems").glob("*.html")}
    faults = [f"{slug} has no page" for slug in sorted(slugs - pages)]
    faults += [f"{slug}.html is of no problem in openapi.yaml" for slug in sorted(pages - slugs)]
    for slug in sorted(slugs & pages):
        text = (ROOT / f"public/problems/{slug}.html").read_text()
        faults += [f"{slug}.html lacks {part}" for part in (f"<code>{slug}</code>", "<h2>The disc</h2>", "<h2>What to do</h2>") if part not in text]
    for file in sorted((ROOT / "public").rglob("*")):
        if file.suffix in (".html", ".css", ".js"):
            text = file.read_text()
            faults += [f"{file.relative_to(ROOT)} has {what}" for what, pattern in FORBIDDEN.items() if re.search(pattern, text)]
    print("\n".join(faults) or f"{len(slugs)} problem types, each with its page")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
