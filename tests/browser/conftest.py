"""The product on a port of this machine, and a real browser that visits it."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Page
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.factories import PASSWORD, a_person, saved
from workflows.procedure.authority import Role

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


class Silent(WSGIRequestHandler):
    def log_request(self, *args):
        pass


@pytest.fixture
def address(app):
    """Serve the application, forms protected, and return its address. Make things with `saved(…)` before visiting."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()
    thread.join()
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def visit(chromium, address):
    """Open a window: `visit()`, `visit(java_script_enabled=False)`, `visit(color_scheme="dark")` …; paths will do."""
    windows = []

    def opened(**options):
        options = {"viewport": PHONE, "base_url": address} | options
        windows.append(chromium.new_context(**options))
        return windows[-1].new_page()

    yield opened
    for window in windows:
        window.close()


@pytest.fixture
def signed_in(visit):
    """Open a window of somebody with this role, at a desk: `signed_in(Role.LEAD, color_scheme="dark")`."""

    def opened(role: Role, **options) -> Page:
        person = saved(a_person, role)
        page = visit(**{"viewport": DESKTOP} | options)
        page.goto("/signin")
        page.locator("[name=email]").fill(person.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_url("**/desk**")
        return page

    return opened
