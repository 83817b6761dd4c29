"""Proxies and certificates, from the environment and the settings; no other module reads them."""

import os
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit
from urllib.request import getproxies

import certifi

from connectors.http.messages import Unreachable
from hub.model.errors import ConfigError, Problem

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
CA_FOLDERS = ("SSL_CERT_DIR",)
SOCKS = ("socks5", "socks5h")
SOCKS_PACKAGES = ("socksio", "socks")
PROXY_FORMAT = "Write it as http://HOST:PORT, or socks5://HOST:PORT"
REFUSED_BY_PROXY = re.compile(r"\b4\d\d [A-Za-z ]+")
# Where nobody vouches for a certificate; everything else (its date, its name) is the site's own fault.
UNKNOWN_AUTHORITY_CODES = (2, 18, 19, 20, 21)
WITH_PORT = re.compile(r"(\[.*\]|[^:]*):(\d+)")


@dataclass(frozen=True, slots=True)
class Network:
    """The way to one site: through which proxy, named by which variable, and whose certificates are trusted."""

    ssl_context: ssl.SSLContext
    proxy: str | None = None
    variable: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown of the way: a proxy's password."""
        return (self.proxy,) if self.proxy and "@" in self.proxy else ()


def network_for(url: str, ca_file: str | None = None) -> Network:
    """The way to a site; ConfigError where a variable says what cannot be used."""
    variable, proxy = _proxy(url)
    sources = (("ca_file", ca_file),) if ca_file else _named_authorities()
    try:
        ssl_context = _ssl_context(tuple((path, _file_version(path)) for _, path in sources))
    except (OSError, ssl.SSLError):
        for name, path in sources:
            if reason := certificate_problem(path):
                remedy = "Name a file of certificates in PEM form, or unset the variable"
                fault = Problem(name, "", f"no certificates can be read from {path}: {reason}", remedy)
                raise ConfigError([fault]) from None
        raise
    return Network(ssl_context, proxy, variable)


def as_unreachable(error: BaseException, network: Network) -> Unreachable | None:
    """What stands in the way for good, as far as the libraries' errors tell; None where it may pass."""
    for base_exception in _error_chain(error):
        if isinstance(base_exception, ssl.SSLCertVerificationError):
            reason = f"the site's certificate is not trusted: {base_exception.verify_message}"
            is_unknown_authority = base_exception.verify_code in UNKNOWN_AUTHORITY_CODES
            return Unreachable(
                f"{reason}. Name the file with your company's authority in `ca_file`"
                if is_unknown_authority
                else reason
            )
    if type(error).__name__ == "ProxyError" and (match := REFUSED_BY_PROXY.search(str(error))):
        return Unreachable(f"the proxy that {network.variable} names refused the connection: {match[0].strip()}")
    return None


def is_not_sent(error: BaseException) -> bool:
    """Whether no connection came about, as requests tells it: the name is unknown, or nothing answers there."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError  # noqa: PLC0415 - only where a library fails

    return any(isinstance(cause, (ConnectTimeoutError, NewConnectionError)) for cause in _error_chain(error))


def proxy_secrets() -> tuple[str, ...]:
    """The addresses of proxies that hold a password, whichever variable names them."""
    addresses = (address.strip() for address in getproxies().values() if "@" in address)
    return tuple(dict.fromkeys(address if "://" in address else f"http://{address}" for address in addresses))


def certificate_problem(path: str) -> str:
    """Why no certificates can be read from a file or folder; empty where they can."""
    if os.path.isdir(path):  # noqa: PTH112 - as the libraries see it
        return ""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        return "it holds no certificate in PEM form"
    except OSError as error:
        return error.strerror or "it cannot be opened"
    return ""


def _named_authorities() -> tuple[tuple[str, str], ...]:
    """The variables that name authorities, each with its files and folders; SSL_CERT_DIR may list several."""
    values = ((name, os.environ.get(name, "").strip()) for name in CA_VARIABLES)
    paths_by_name = ((name, value.split(os.pathsep) if name in CA_FOLDERS else [value]) for name, value in values)
    return tuple((name, path.strip()) for name, paths in paths_by_name for path in paths if path.strip())


def _file_version(path: str) -> tuple[int, int]:
    """What changes with the file."""
    try:
        info = os.stat(path)  # noqa: PTH116 - as the libraries see it
    except OSError:
        return (0, 0)
    return (info.st_mtime_ns, info.st_size)


@cache
def _ssl_context(authorities: tuple[tuple[str, tuple[int, int]], ...]) -> ssl.SSLContext:
    """Read once, for that takes as long as a small sync; without authorities the public ones, else none but them."""
    if not authorities:
        return ssl.create_default_context(cafile=certifi.where())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for path, _ in authorities:
        folder = os.path.isdir(path)  # noqa: PTH112
        context.load_verify_locations(cafile=None if folder else path, capath=path if folder else None)
    return context


def _proxy(url: str) -> tuple[str, str | None]:
    """The variable that names the proxy for a site, and the proxy; nothing where NO_PROXY names the site."""
    site, variables = urlsplit(url), getproxies()
    kind = site.scheme if variables.get(site.scheme) else "all"
    value = variables.get(kind, "").strip()
    if not value or _bypasses_proxy(site.scheme, site.hostname or "", site.port, variables.get("no", "")):
        return "", None
    names = (f"{kind}_proxy", f"{kind}_proxy".upper())
    variable = next((name for name in names if os.environ.get(name)), "the system's proxy setting")
    address = value if "://" in value else f"http://{value}"
    # GNOME writes socks:// for what others call socks5://.
    address = re.sub("^socks://", "socks5://", address)
    _check_proxy(variable, address)
    return variable, address


def _check_proxy(variable: str, address: str) -> None:
    """ConfigError for a proxy that cannot be used; its address may hold a password and is not shown."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https", *SOCKS) and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError([Problem(variable, "", "is no address of a proxy", PROXY_FORMAT)])
    if parts.scheme in SOCKS and not all(find_spec(name) for name in SOCKS_PACKAGES):
        message = f"names a SOCKS proxy ({parts.scheme}://…), and the packages for one are not installed"
        remedy = "Install them with `pip install 'alignment-hub[socks]'`, or name the site in NO_PROXY"
        raise ConfigError([Problem(variable, "", message, remedy)])


def _bypasses_proxy(scheme: str, host: str, port: int | None, no_proxy: str) -> bool:
    port = port or (443 if scheme == "https" else 80)
    return any(
        _entry_matches(entry.lower(), scheme, host.lower(), port) for entry in re.split(r"[,\s]+", no_proxy) if entry
    )


def _entry_matches(entry: str, scheme: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY names the site: a name, an address, a range; perhaps with a port."""
    of_scheme, separator, address = entry.rpartition("://")
    if entry == "*" or (separator and of_scheme not in (scheme, "all")):
        return entry == "*"
    if (with_port := WITH_PORT.fullmatch(address)) is not None:
        address = with_port[1]
        if int(with_port[2]) != port:
            return False
    try:
        return ip_address(host) in ip_network(re.sub(r"[\[\]]", "", address), strict=False)
    except ValueError:
        name = address.lstrip("*").lstrip(".")
        return bool(name) and (host == name or host.endswith(f".{name}"))


def _error_chain(error: BaseException) -> Iterator[BaseException]:
    """An error and whatever is said to have led to it, each once."""
    visited: set[int] = set()
    pending: list[object] = [error]
    while pending:
        value = pending.pop()
        if isinstance(value, BaseException) and id(value) not in visited:
            visited.add(id(value))
            yield value
            pending += [value.__cause__, value.__context__, getattr(value, "reason", None), *value.args]
