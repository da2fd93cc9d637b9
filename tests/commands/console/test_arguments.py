from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator

import intake_bot.commands
from intake_bot.commands.console.arguments import _WORDS, COMMANDS

NEWER_WORDS = {"invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)"}
"""Words of ours that only a Python later than the oldest one prints."""

NEVER_PRINTED = {
    # Mistakes of the program that makes the parser.
    "%r is not callable",
    "'required' is an invalid argument for positionals",
    ".__call__() not defined",
    'argument "-" with mode %r',
    "can't open '%(filename)s': %(error)s",
    "cannot have multiple subparser arguments",
    "cannot merge actions - two groups are named %r",
    "conflicting option string: %s",
    "conflicting option strings: %s",
    "conflicting subparser alias: %s",
    "conflicting subparser: %s",
    "dest= is required for options like %r",
    "invalid conflict_resolution value: %r",
    "invalid option string %(option)r: must start with a character %(prefix_chars)r",
    "mutually exclusive arguments must be optional",
    "unexpected option string: %s",
    "unknown parser %(parser_name)r (choices: %(choices)s)",
    # What our parsers do not use: optional values, fixed numbers of them, groups, deprecation, defaults in the help.
    " (default: %(default)s)",
    "%(prog)s: warning: %(message)s\n",
    "argument '%(argument_name)s' is deprecated",
    "command '%(parser_name)s' is deprecated",
    "expected %s argument",
    "expected %s arguments",
    "expected at most one argument",
    "one of the arguments %s is required",
    "option '%(option)s' is deprecated",
    "show program's version number and exit",
    "subcommands",
    # A heading and its colon: no words.
    "%(heading)s:",
}


def argparse_words() -> Iterator[str]:
    """Every text that the argparse of this Python looks up in its catalogue."""
    for node in ast.walk(ast.parse(inspect.getsource(argparse))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def test_every_word_that_argparse_prints_is_translated() -> None:
    assert set(argparse_words()) - set(_WORDS) - NEVER_PRINTED == set()


def test_every_translated_word_is_one_of_argparse() -> None:
    assert set(_WORDS) - set(argparse_words()) - NEWER_WORDS == set()


def test_every_listed_command_has_a_module_that_runs_it() -> None:
    modules = {module.name for module in pkgutil.iter_modules(intake_bot.commands.__path__)}
    runnable = {name for name in modules if hasattr(importlib.import_module(f"intake_bot.commands.{name}"), "run")}
    assert runnable == set(COMMANDS)
    assert modules - runnable == {"console"}


def test_parser_imports_no_third_party_library() -> None:
    code = "import sys; from intake_bot.cli import build_parser; build_parser(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    roots = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert {name for name in roots if not name.startswith(("_", "intake_bot"))} == set()
