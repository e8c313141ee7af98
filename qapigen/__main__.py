"""``python -m qapigen`` and the ``qapigen`` command: leaves quietly, whatever ends the run."""

from __future__ import annotations

import gc
import os
import sys

__all__ = ["main"]

_INTERRUPTED = 130


def main() -> int:
    """Run the command line; its exit status."""
    # Hardly anything is given back before the end; looking for it costs a fifth of the time.
    # Decided here, where the process is ours: a program that compiles keeps its collector.
    gc.disable()
    try:
        from qapigen.command.cli import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        status = _INTERRUPTED
    except SystemExit as stop:  # argparse, after --help or a usage error
        status = stop.code if isinstance(stop.code, int) else 2
    except OSError as error:
        return _cannot_print(error, 0)
    return _flush(status)


def _flush(status: int) -> int:
    """Write out what was printed. Python would do it too late for a clean exit status."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        return _cannot_print(error, status)
    return status


def _cannot_print(error: OSError, status: int) -> int:
    """What to do about output that nobody takes; the exit status."""
    _silence()
    if isinstance(error, BrokenPipeError):
        # Who reads our output has seen enough (`| head`); that is no failure of ours.
        return status
    if sys.stderr is not None:
        print(
            f"qapigen: error: cannot write the output: {error.strerror}",
            file=sys.stderr,
        )
    return status or 2


def _silence() -> None:
    """Send what is left in the buffer nowhere, so that Python does not try again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
