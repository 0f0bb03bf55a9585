"""The child: reads a file from its standard input and writes what it found, as JSON, to its standard output.

    python -m singlewindow.documents.inspection NAME CPU_SECONDS MEMORY_BYTES < file

It bounds itself before it reads a byte, and lets nothing open a connection, start a program or write a file.
"""

import json
import resource
import sys

CLOSED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "ctypes.dlopen", "shutil.")
WRITING = ("w", "a", "x", "+")


def _bounded(cpu_seconds: int, memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _closed(event: str, arguments: tuple[object, ...]) -> None:
    writes = event == "open" and isinstance(arguments[1], str) and any(mode in arguments[1] for mode in WRITING)
    if writes or event.startswith(CLOSED):
        raise PermissionError(event)


def main(name: str, cpu_seconds: int, memory_bytes: int) -> None:
    """Inspect one file."""
    from singlewindow.documents.inspection.inspect import inspect

    sys.addaudithook(_closed)
    _bounded(cpu_seconds, memory_bytes)
    kind, found = inspect(name, sys.stdin.buffer.read())
    sys.stdout.write(json.dumps({"kind": kind.value if kind else "", "findings": [one.plain() for one in found]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
