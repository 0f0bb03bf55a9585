"""A client of ClamAV's INSTREAM: the file goes over a socket, the answer is one line.

Source: https://docs.clamav.net/manual/Usage/Scanning.html (clamd, INSTREAM).
"""

import socket
import struct
from enum import StrEnum
from typing import BinaryIO

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

CHUNK = 65_536
TIMEOUT_S = 10.0
ANSWER_MAX = 4_096


class Scan(StrEnum):
    """What the scanner said."""

    CLEAN = "clean"
    UNSCANNED = "unscanned"  # There is no scanner, or it did not answer: officers see that.
    INFECTED = "infected"


def scanned(file: BinaryIO) -> Scan:
    """Send a file to the scanner of `CSW_CLAMAV`; without one, or when it fails, the file is unscanned."""
    if not settings.CLAMAV_ADDRESS:
        return Scan.UNSCANNED
    try:
        with _connection(settings.CLAMAV_ADDRESS) as connection:
            answer = _asked(connection, file)
    except OSError as error:
        log.warning("scanner_silent", error=str(error))
        return Scan.UNSCANNED
    if answer.endswith(b"OK"):
        return Scan.CLEAN
    if answer.endswith(b"FOUND"):
        return Scan.INFECTED
    log.warning("scanner_refused", answer=answer[:200].decode(errors="replace"))
    return Scan.UNSCANNED


def _connection(address: str) -> socket.socket:
    kind, _, rest = address.partition(":")
    if kind == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(TIMEOUT_S)
        connection.connect(rest)
        return connection
    host, _, port = rest.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT_S)


def _asked(connection: socket.socket, file: BinaryIO) -> bytes:
    connection.sendall(b"zINSTREAM\0")
    while chunk := file.read(CHUNK):
        connection.sendall(struct.pack("!I", len(chunk)) + chunk)
    connection.sendall(struct.pack("!I", 0))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_MAX:
        piece = connection.recv(ANSWER_MAX)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n ")
