"""Install a lock file into the virtual environment that runs this script, showing progress.

Needs nothing but Python, because it runs before anything is installed.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

OPENMP = "libgomp.so.1"
"""The one library of the system that a wheel (lightgbm) needs and does not bring."""
OPENMP_BY_HAND = (
    f"The library {OPENMP} is missing: everything runs but models of risk. Install it (Debian, Ubuntu: apt-get install "
    "libgomp1; Fedora, Red Hat: dnf install libgomp; Alpine: apk add libgomp).\n"
)


def install(lock: Path, stamp: Path) -> int:
    """Install the locked libraries unless the stamp says that they are there.

    Idempotent: the stamp holds the checksum of the lock that was installed.
    """
    checksum = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text().strip() == checksum:
        stamp.touch()  # make compares dates
        return 0
    wanted = sum(1 for line in lock.read_text().splitlines() if "==" in line and not line.startswith((" ", "#")))
    sys.stdout.write(f"Installing {wanted} libraries from {lock} ...\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", "pip", "install", "--require-hashes", "--no-deps", "--disable-pip-version-check"]
    with subprocess.Popen(
        [*command, "-r", str(lock)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        tail = _progress(pip, wanted)
    if pip.returncode:
        sys.stdout.write("\n" + "".join(tail) + f"\nThe libraries of {lock} could not be installed.\n")
        return 1
    openmp_ensure(openmp_present, _succeeds)
    stamp.write_text(checksum + "\n")
    sys.stdout.write("Installed.\n")
    return 0


def openmp_present() -> bool:
    """Say whether LightGBM would find the OpenMP library of GCC; elsewhere than on Linux it looks for another."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        ctypes.CDLL(OPENMP)
    except OSError:
        return False
    return True


def openmp_ensure(present: Callable[[], bool], succeeds: Callable[[Sequence[str]], bool]) -> bool:
    """Install the library where it is missing and nobody needs to be asked, else say how; whether it is there."""
    if present():
        return True
    if shutil.which("apt-get"):
        sys.stdout.write(f"Installing {OPENMP} of the machine's own packages ...\n")
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        commands = [["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "libgomp1"]]
        if all(succeeds([*prefix, *command]) for command in commands) and present():
            return True
    sys.stdout.write(OPENMP_BY_HAND)
    return False


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=300).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _progress(pip: "subprocess.Popen[str]", wanted: int) -> list[str]:
    """Print a line every ten libraries, and return pip's last lines for the case that it fails."""
    tail: list[str] = []
    seen = 0
    for line in pip.stdout or ():
        tail = [*tail, line][-25:]
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            seen += 1
            if seen % 10 == 0:
                sys.stdout.write(f"  {seen} of {wanted} libraries found\n")
        elif line.startswith("Installing collected packages"):
            sys.stdout.write("  writing them into the virtual environment ...\n")
        sys.stdout.flush()
    return tail


if __name__ == "__main__":
    raise SystemExit(install(Path(sys.argv[1]), Path(sys.argv[2])))
