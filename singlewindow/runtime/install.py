"""Install a lock file into the virtual environment that runs this script, showing progress.

Needs nothing but Python, because it runs before anything is installed.
"""

import hashlib
import subprocess
import sys
from pathlib import Path


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
    stamp.write_text(checksum + "\n")
    sys.stdout.write("Installed.\n")
    return 0


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
