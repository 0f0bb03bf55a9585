"""Where a webhook may go: never inside, whatever the address is made to look like.

The form of an address is checked when it is saved; what its name stands for is asked once at each sending, and the
connection goes to exactly the address that was checked. Nothing here opens a connection.

Source: docs/rules/webhooks.md, WH-URL-01 to WH-URL-06.
"""

import ipaddress
import re
import socket
from functools import cache
from typing import NoReturn
from urllib.parse import quote, urlsplit

import idna
from django.conf import settings
from django.utils.module_loading import import_string

from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.webhooks.types import Resolver, Target

URL_LENGTH = 2000
NAME = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+", re.ASCII
)
NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)
"""A last label of this form makes every resolver read the whole host as an IPv4 address (127.1, 0x7f000001)."""

INSIDE_NAMES = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "arpa")
"""Last labels that no receiver outside has."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

REFUSED_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        # `is_global` is true of these, although they lead, or may be made to lead, inside.
        "64:ff9b::/96",  # NAT64: the last four bytes are an IPv4 address
        "64:ff9b:1::/48",  # local NAT64
        "2002::/16",  # 6to4
        "2001::/32",  # Teredo
        "::/96",  # IPv4-compatible
        "::ffff:0:0:0/96",  # IPv4-translated
        "fec0::/10",  # site-local
        "192.88.99.0/24",  # 6to4 relays
        "0.0.0.0/8",
        "100.64.0.0/10",
        "240.0.0.0/4",
    )
)


def _refuse(rule: str, message: str, remedy: str = "", value: str = "") -> NoReturn:
    raise RuleViolated(message, violations=[Violation(rule, "/url", message, remedy, value[:100])])


def target_of(url: str) -> Target:
    """The address that a URL names, in its one form.

    Raises:
        RuleViolated: WH-URL-01 to WH-URL-05, it is not one that events may be sent to.
    """
    if not url or len(url) > URL_LENGTH or any(character <= " " or character in '\\"<>^`{|}\x7f' for character in url):
        _refuse("WH-URL-01", f"Give a whole address of at most {URL_LENGTH} characters, without spaces.")
    loopback = bool(settings.WEBHOOK_LOOPBACK)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        _refuse("WH-URL-01", "This is no address.", "Write https://your.host/path.", url)
    scheme = parts.scheme.lower()
    if scheme != "https" and not (loopback and scheme == "http"):
        _refuse("WH-URL-02", "Events are sent by https only.", "Begin the address with https://.", url)
    if "@" in parts.netloc or parts.fragment:
        _refuse(
            "WH-URL-03", "The address may hold neither a name or password nor a fragment.", "Verify signatures instead."
        )
    wanted = 443 if scheme == "https" else 80
    if port not in (None, wanted) and not loopback:
        _refuse("WH-URL-04", "Events are sent to port 443 only.", "Leave the port out.", str(port))
    path = quote(parts.path or "/", safe="/:@!$&'()*+,;=-._~%")
    query = "?" + quote(parts.query, safe="/:@!$&'()*+,;=-._~%?") if parts.query else ""
    return Target(scheme, _host(parts.hostname or "", loopback), port or wanted, path + query)


def _host(written: str, loopback: bool) -> str:
    """The host as a lower-case ASCII name."""
    try:
        name = idna.encode(written, uts46=True, transitional=False).decode().lower().removesuffix(".")
    except idna.IDNAError:
        name = written.lower() if written.isascii() else ""
    last = name.rpartition(".")[2]
    if loopback and name in {"127.0.0.1", "localhost"}:
        return name
    if ":" in name or NUMERIC.fullmatch(last):
        _refuse("WH-URL-05", "A host is given by its name, not by a number.", "Use the name in its certificate.", name)
    if last in INSIDE_NAMES or not NAME.fullmatch(name):
        _refuse("WH-URL-05", "This host is none that can be reached from here.", "Use its public name.", name)
    return name


def is_outside(address: IPAddress) -> bool:
    """Whether an address belongs to the public Internet, seen through every way of wrapping another one (WH-URL-06)."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if mapped is not None:
        return is_outside(mapped)
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        return False
    if any(address.version == network.version and address in network for network in REFUSED_NETWORKS):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def addresses_checked(target: Target) -> tuple[str, ...]:
    """Ask once what the host stands for; every answer must be outside, or none is used.

    A host with one address inside is refused whole: else the order of the answers would decide.

    Raises:
        RuleViolated: WH-URL-06, an address is inside.
        OSError: the name stands for nothing.
    """
    found = resolver()(target.host, target.port)
    if not found:
        raise OSError("The host has no address.")
    read = [ipaddress.ip_address(text) for text in found]
    for address in read:
        if not (is_outside(address) or (settings.WEBHOOK_LOOPBACK and address.is_loopback)):
            _refuse("WH-URL-06", "The host stands for an address that is not public.", "Use a public address.")
    return tuple(dict.fromkeys(str(address) for address in read))


def system_resolver(host: str, port: int) -> list[str]:
    """What the system's resolver answers."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(answer[4][0]) for answer in answers]


def resolver() -> Resolver:
    """The resolver that the settings name."""
    return _resolver(settings.WEBHOOK_RESOLVER)


@cache
def _resolver(path: str) -> Resolver:
    found: Resolver = import_string(path)
    return found
