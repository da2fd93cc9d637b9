"""The command line: parses the arguments, runs one command and exits with its code.

Exit codes: 0 well, 1 the command found something wrong, 2 usage or configuration, or the ledger is lost.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from intake_bot.commands.console.arguments import build_parser
from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_USAGE, EXIT_WELL
from intake_bot.commands.console.log_lines import warn_on_screen
from intake_bot.errors import ConfigError, IntakeError, LedgerLost, disk_failures_of


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and leaves the process with its exit code."""
    # A console in another code page, or none at all (PYTHONIOENCODING=ascii), must not turn Chinese into a traceback.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    warn_on_screen()
    # What is imported lives until the end: to look for circles in it, again and again, costs a tenth of the start.
    gc.disable()
    try:
        options, command = _find_command(sys.argv[1:] if arguments is None else arguments)
    finally:
        gc.freeze()
        gc.enable()
    # Most of what a command makes lives until its end, too. To look after every 700 objects, as Python does by itself,
    # costs a quarter of reading a long digest.
    gc.set_threshold(10_000, 10, 10)
    sys.exit(_run(options, command))


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code."""
    return _run(*_find_command(arguments))


def _find_command(arguments: Sequence[str]) -> tuple[argparse.Namespace, ModuleType]:
    """The arguments and their command. Only this one is imported: the ledger alone takes half a second."""
    options = build_parser().parse_args(arguments)
    return options, importlib.import_module(f"intake_bot.commands.{options.command}")


def _run(options: argparse.Namespace, command: ModuleType) -> int:
    try:
        with disk_failures_of(options.home):
            code: int = command.run(options)
        return code
    except ConfigError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        print(f"共 {len(error.faults)} 处需要修改。", file=sys.stderr)
        return EXIT_USAGE
    except LedgerLost as error:
        print(f"出错：{error}", file=sys.stderr)
        return EXIT_USAGE
    except IntakeError as error:
        print(f"出错：{error}", file=sys.stderr)
        return EXIT_FOUND
    except KeyboardInterrupt:
        print("已中断。没有做完的，下次运行时接着做。", file=sys.stderr)
        return EXIT_FOUND
    except BrokenPipeError:
        # The reader (head, less) has gone; writing the rest at exit would only raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_WELL
