"""The tests as `make test` runs them: in parallel first, then those that start whole stacks, one after the other."""

import subprocess
import sys

NO_TEST_SELECTED = 5


def main() -> int:
    """Run both parts, whatever the first one said; return the first failure's code."""
    pytest = [sys.executable, "-m", "pytest", "-q", "--durations", "10"]
    parts = [["-n", "2", "--dist", "worksteal", "-m", "not serial"], ["-m", "serial"]]
    codes = [subprocess.run([*pytest, *part, *sys.argv[1:]], check=False).returncode for part in parts]
    if codes[1] == NO_TEST_SELECTED:
        codes.pop()
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    raise SystemExit(main())
