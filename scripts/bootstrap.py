"""Make `.venv` with everything in requirements.txt; `make` calls this when that file has changed.

Runs on the system's Python, so it uses nothing that is newer than Python 3.6.
"""

import os
import shutil
import subprocess
import sys

LEAST = (3, 11)
VENV = ".venv"
COMPLETE = os.path.join(VENV, "complete")
LOG = os.path.join(VENV, "install.log")
ELSEWHERE = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
OFFLINE = (
    "NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "SSLError",
    "Temporary failure in name resolution", "Connection refused",
)  # fmt: skip


def main():
    """Make the environment, or say in one sentence why it cannot be made."""
    if sys.version_info < LEAST:
        sys.exit(f"Python 3.11 or newer is needed, but this is {sys.version.split()[0]}.")
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        sys.exit("This Python has no venv module; on Debian and Ubuntu: apt install python3-venv.")
    if waited() and is_complete():
        return
    print("Installing the packages of requirements.txt into .venv (about a minute) ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, with_pip=True)
    python = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
    install = [python, "-m", "pip", "install", "--retries", "1"]
    everything = [*install, "--require-hashes", "-r", "requirements.txt"]
    package = [*install, "--no-deps", "--no-build-isolation", "-e", "."]
    ours = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    settings = {"stderr": subprocess.STDOUT, "env": dict(ours, PIP_USER="0")}
    with open(LOG, "w+") as log:
        failed = any(
            subprocess.call(step, stdout=log, **settings) for step in (everything, package)
        )
        log.seek(0)
        lines = log.read().splitlines()
    if failed and any(sign in line for line in lines for sign in OFFLINE):
        sys.exit("The package index cannot be reached: connect to the network and try again.")
    if failed:
        errors = [line for line in lines if line.strip().lower().startswith("error:")] or lines
        sys.exit(f"pip failed: {errors[-1]} (all of it: {LOG})")
    with open(COMPLETE, "w") as file:
        file.write(os.getcwd())  # the Makefile looks whether it is still there


def waited():
    """Let no other process work on this folder until this one ends; whether one did."""
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    folder = os.open(".", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        print("Another make is at work in this folder; waiting for it.", flush=True)
        fcntl.flock(folder, fcntl.LOCK_EX)
        return True


def is_complete():
    """Whether `.venv` has been made for this folder and these requirements."""
    if not os.path.exists(COMPLETE):
        return False
    with open(COMPLETE) as file:
        here = file.read() == os.getcwd()
    return here and os.path.getmtime(COMPLETE) >= os.path.getmtime("requirements.txt")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next make begins the installation anew.")
