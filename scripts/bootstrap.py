"""Make `.venv` with everything in requirements.txt; `make` calls this when that file has changed.

Runs on the system's Python, so it uses nothing that is newer than Python 3.6.
"""

import os
import shutil
import subprocess
import sys

LEAST = (3, 11)
VENV = ".venv"
LOG = os.path.join(VENV, "install.log")
OFFLINE = (
    "NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "SSLError",
    "Temporary failure in name resolution", "Connection refused",
)  # fmt: skip


def main():
    """Make the environment, or say in one sentence why it cannot be made."""
    if sys.version_info < LEAST:
        stop(f"Python 3.11 or newer is needed, but this is {sys.version.split()[0]}.")
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        stop("This Python has no venv module; on Debian and Ubuntu: apt install python3-venv.")
    print("Installing the packages of requirements.txt into .venv (about a minute) ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, with_pip=True)
    python = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
    command = [python, "-m", "pip", "install", "--retries", "1", "-r", "requirements.txt"]
    with open(LOG, "w+") as log:
        failed = subprocess.call(command, stdout=log, stderr=subprocess.STDOUT)
        log.seek(0)
        lines = log.read().splitlines()
    if failed and any(sign in line for line in lines for sign in OFFLINE):
        stop("The package index cannot be reached: connect to the network and try again.")
    if failed:
        errors = [line for line in lines if line.startswith("ERROR")] or lines
        stop(f"pip failed: {errors[-1]} (all of it: {LOG})")


def stop(sentence):
    """End with a sentence for the reader and a failure for make."""
    sys.exit(sentence)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("Interrupted; the next make begins the installation anew.")
