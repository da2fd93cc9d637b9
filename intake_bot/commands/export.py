"""`export`: a package of accepted files for the province."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.options import clock_of, only_bureau, print_note
from intake_bot.commands.console.progress import track
from intake_bot.digests.package.make import make_package, package_folder, package_name
from intake_bot.digests.package.selection import PackedItem, Wanted
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.home.home import Home
from intake_bot.home.ledger_guard import require_ledger
from intake_bot.home.services import Services
from intake_bot.home.usable_settings import load_or_last_good
from intake_bot.letters.chinese import size
from intake_bot.notices.notice import Notice


def run(options: argparse.Namespace) -> int:
    """Writes the package, also while the daemon works, and says where it lies. 1 where nothing was accepted yet, or a
    file could not be packed."""
    home = Home(options.home)
    usable = load_or_last_good(home)
    print_note(usable)
    require_ledger(home)
    bureau, clock = only_bureau(options, usable.settings), clock_of(options, usable.settings)
    with Services.open(usable.settings, home, clock) as services:
        now = clock().astimezone(usable.settings.intake.zone)
        context = services.find_notice_context(bureau, now)
        wanted = Wanted(_materials(options, context.notice if context else None), frozenset(options.day or ()))
        target = options.file or package_folder(services) / package_name(bureau, wanted, now)
        package = make_package(services, bureau, wanted, target, now, _with_bar)
    if package is None:
        print("还没有收下这样的材料，没有可以打包的。")
        return EXIT_FOUND
    print(f"已打包 {package.files} 个文件（{size(package.bytes)}），在 {package.path}")
    for line in package.missing:
        print(f"没有放进去：{line}")
    return EXIT_FOUND if package.missing else EXIT_WELL


def _with_bar(items: Sequence[PackedItem]) -> Iterator[PackedItem]:
    return track(items, "打包")


def _materials(options: argparse.Namespace, notice: Notice | None) -> frozenset[str]:
    """The materials of `--material`. Raises ConfigError for one that the notice does not have."""
    wanted = frozenset(options.material or ())
    known = [material.name for material in notice.materials] if notice else []
    if unknown := sorted(wanted.difference(known)):
        raise ConfigError(
            (ConfigFault("--material", 0, 0, f"通知里没有“{unknown[0]}”这种材料，可以写：{'、'.join(known)}"),)
        )
    return wanted
