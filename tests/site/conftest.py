"""A browser, and a server of the built book."""

import functools
import gzip
import http.server
import io
import threading
from pathlib import Path

import browsers
import pytest
from built import HTML, absent
from playwright.sync_api import sync_playwright

OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def pytest_collection_modifyitems(items):
    """Skip these tests without a built book; begin with the longest, or a core waits for it."""
    items.sort(key=lambda item: not item.name.endswith("run_under_pyodide"))
    for item in items:
        if Path(__file__).parent in item.path.parents and not HTML.exists():
            item.add_marker(pytest.mark.skip(reason="the book is not built: make book"))


class Handler(http.server.SimpleHTTPRequestHandler):
    """Sends text compressed, as public servers do."""

    def log_message(self, *arguments):
        """Requests are not news."""

    def send_head(self):
        path = Path(self.translate_path(self.path))
        kind = self.guess_type(path)
        if not path.is_file() or kind.startswith(("image/png", "font/")):
            return super().send_head()
        data = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return io.BytesIO(data)


@pytest.fixture(scope="session")
def address():
    """Where the built book is served while the tests run."""
    handler = functools.partial(Handler, directory=str(HTML))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; without it the tests are skipped, or fail in CI."""
    path = browsers.found()
    if path is None:
        absent(
            f"none of {', '.join(browsers.NAMES)} is installed, so no page was opened in "
            "a browser; on Debian and Ubuntu: apt install chromium"
        )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield started
        started.close()
