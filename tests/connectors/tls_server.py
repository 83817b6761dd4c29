"""A server with a certificate of an authority that nobody knows, as within a company."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.connectors.http.test_client import Handle, Handler, ThreadingHTTPServer


def a_certificate(folder: Path, address: str = "127.0.0.1", *, days: int = 30) -> Path:
    """A self-signed certificate with its key in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form, kept = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / f"{address}-{days}.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(serialization.Encoding.PEM, form, kept)
    )
    return path


@contextmanager
def secured(handle: Handle, certificate: Path) -> Iterator[tuple[str, list[str]]]:
    """A loopback server that speaks TLS; yields its address and the methods that reached it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_with, server.handled, server.daemon_threads = handle, [], True  # type: ignore[attr-defined]
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}", server.handled  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
