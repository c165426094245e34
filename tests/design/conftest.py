"""The gallery as a client and as a running server."""

from threading import Thread

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.design.gallery import create_gallery


@pytest.fixture(scope="package")
def gallery(tmp_path_factory):
    return create_gallery(tmp_path_factory.mktemp("catalogues"))


class Silent(WSGIRequestHandler):
    def log_request(self, *args):
        pass


@pytest.fixture(scope="package")
def address(gallery):
    """Serve the gallery on a free port of this machine and return its address."""
    server = make_server("127.0.0.1", 0, gallery, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
