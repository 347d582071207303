"""The proxy of `docs/production`, in a real nginx before pages that have no login: whoever did not log in sees none of them."""

import datetime as dt
import http.client
import http.server
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

EXAMPLE = Path(__file__).parents[1] / "docs" / "production" / "nginx.conf"
WHOLE = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;
events {{}}
http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
uwsgi_temp_path {folder}; scgi_temp_path {folder}; include {folder}/example.conf; }}
"""
LOGGED_IN = {"Cookie": "session=hers"}


class Pages(http.server.BaseHTTPRequestHandler):
    """What stands behind: remembers what reached it."""

    reached: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        """Answer with what was asked."""
        self.reached.append((self.path, self.headers["Upgrade"]))
        self._answer(200, b"the pages")

    def do_POST(self) -> None:
        """The same."""
        self.do_GET()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Login(Pages):
    """Stands where oauth2-proxy does: says who has logged in, and shows a page to do so."""

    def do_GET(self) -> None:
        """Of who has the cookie."""
        if self.path == "/oauth2/auth":
            self._answer(202 if self.headers["Cookie"] == LOGGED_IN["Cookie"] else 401, b"")
        else:
            self._answer(200, b"log in")


@contextmanager
def served(handler: type[Pages]) -> Iterator[int]:
    """A server on the loopback; gives its port."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def write_certificate(folder: Path) -> None:
    """A key and a certificate that nobody vouches for."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    made = made.not_valid_before(dt.datetime(2020, 1, 1)).not_valid_after(dt.datetime(2120, 1, 1))  # noqa: DTZ001
    (folder / "crt").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key").write_bytes(key.private_bytes(*plain))


def write_settings(folder: Path, pages: int, login: int) -> Path:
    """The example as it is, but for where it listens, where its certificate is, and the ports of what stands behind."""
    text = EXAMPLE.read_text().replace("listen 443", f"listen unix:{folder}/socket")
    text = text.replace("127.0.0.1:3000", f"127.0.0.1:{pages}").replace("127.0.0.1:4180", f"127.0.0.1:{login}")
    (folder / "example.conf").write_text(re.sub(r"/etc/ssl/aanboord\.(crt|key)", rf"{folder}/\1", text))
    (folder / "nginx.conf").write_text(WHOLE.format(folder=folder))
    return folder / "nginx.conf"


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a running nginx with that example."""
    folder = tmp_path_factory.mktemp("nginx")
    write_certificate(folder)
    Pages.reached = []
    with ExitStack() as stack:
        settings = write_settings(folder, *(stack.enter_context(served(handler)) for handler in (Pages, Login)))
        command = ["/usr/sbin/nginx", "-c", str(settings), "-e", str(folder / "errors")]
        tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert tested.returncode == 0, tested.stderr
        process = stack.enter_context(subprocess.Popen(command))
        stack.callback(process.kill)
        while not (folder / "socket").exists():
            assert process.poll() is None, (folder / "errors").read_text()
        yield folder / "socket"


def asked(proxy: Path, method: str, path: str, headers: dict[str, str]) -> bytes:
    """What the proxy answers over TLS."""
    context = ssl.create_default_context(cafile=str(proxy.with_name("crt")))
    plain = socket.socket(socket.AF_UNIX)
    plain.connect(str(proxy))
    with closing(http.client.HTTPConnection("localhost")) as connection:
        connection.sock = context.wrap_socket(plain, server_hostname="localhost")
        connection.request(method, path, headers=headers)
        return connection.getresponse().read()


@pytest.mark.parametrize("headers", [{}, {"Cookie": "session=another"}, {"Upgrade": "websocket"}])
@pytest.mark.parametrize("path", ["/", "/graphql", "/oauth2/../graphql", "//graphql", "/%67raphql"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_gets_through_who_did_not_log_in(proxy: Path, method: str, path: str, headers: dict[str, str]) -> None:
    """By no way: what is shown is the page to log in, and nothing reaches the pages."""
    Pages.reached.clear()
    assert asked(proxy, method, path, headers) == b"log in"
    assert Pages.reached == []


def test_who_logged_in_gets_through(proxy: Path) -> None:
    """To every page, and to the socket over which they tell what changed."""
    Pages.reached.clear()
    assert asked(proxy, "GET", "/runs", LOGGED_IN) == b"the pages"
    assert asked(proxy, "POST", "/graphql", LOGGED_IN | {"Upgrade": "websocket"}) == b"the pages"
    assert Pages.reached == [("/runs", None), ("/graphql", "websocket")]
