"""Take the picture of the README from the built book; needs a browser.

.venv/bin/python scripts/screenshot.py
"""

from pathlib import Path

import browsers
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "_build" / "html" / "book" / "bandits" / "update.html"
PICTURE = ROOT / "book" / "_static" / "screenshot.png"
SIZE = {"width": 1200, "height": 760}


def main() -> None:
    """Show the proof of the score, and a correction below it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browsers.found(), args=["--no-sandbox"]
        )
        tab = browser.new_page(viewport=SIZE, color_scheme="light")
        tab.goto(PAGE.as_uri(), wait_until="networkidle")
        tab.evaluate("document.querySelector('#the-score').scrollIntoView({behavior: 'instant'})")
        tab.wait_for_timeout(500)
        tab.screenshot(path=str(PICTURE))
        browser.close()
    with Image.open(PICTURE) as picture:  # few colours make a small file
        picture.quantize(64).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
