"""打包 and 周报: what a clerk asks for comes with the answer, or in a file that the answer names."""

from __future__ import annotations

from intake_bot.config.settings import Bureau
from intake_bot.digests.package.make import Package as MadePackage
from intake_bot.digests.package.make import make_package, package_folder, package_name
from intake_bot.digests.package.places import lay, own_folder
from intake_bot.digests.package.selection import Wanted
from intake_bot.errors import PermanentFailure
from intake_bot.home.services import Services
from intake_bot.ledger.values.orders import OrderEntry
from intake_bot.letters.chinese import size
from intake_bot.letters.confirmation import OrderLine, OrderOutcome
from intake_bot.mail.smtp.outgoing import AttachedFile
from intake_bot.orders.order import Package

MAXIMUM_MAILED_BYTES = 20_000_000
"""Of a package that goes with a letter; a larger one is laid into the folder for packages."""
_ZIP = "application/zip"
_NAMED_MISSING = 8


def hand_out_package(services: Services, bureau: Bureau, order: Package, entry: OrderEntry) -> OrderLine:
    """Makes the package. Raises PermanentFailure where nothing of what she wants was accepted; TemporaryFailure where
    the disk refuses."""
    now = services.clock().astimezone(services.settings.intake.zone)
    materials = frozenset({order.material} if order.material else ())
    wanted = Wanted(materials, frozenset({order.day} if order.day else ()))
    with own_folder(services.home) as work:
        package = make_package(services, bureau, wanted, work / package_name(bureau, wanted, now), now)
        if package is None:
            raise PermanentFailure("还没有收下这样的材料，没有可以打包的")
        return _handed_out(services, package, entry)


def _handed_out(services: Services, package: MadePackage, entry: OrderEntry) -> OrderLine:
    """The package with the letter where it is small enough, else laid into the folder for packages."""
    missing = [f"没有放进去：{name}" for name in package.missing[:_NAMED_MISSING]]
    if package.missing[_NAMED_MISSING:]:
        missing.append(f"没有放进去的一共 {len(package.missing)} 个，包里的清单都写着")
    packed = f"{package.files} 个文件打成一个包（{size(package.bytes)}）"
    if entry.command is None or package.bytes > MAXIMUM_MAILED_BYTES:
        path = lay(package.path, package_folder(services))
        return OrderLine(entry.line, OrderOutcome.ANSWERED, (f"{packed}，放在 {path}", *missing))
    attached = (AttachedFile(package.path.name, _ZIP, package.path.read_bytes()),)
    return OrderLine(entry.line, OrderOutcome.ANSWERED, (f"{packed}，附在这封信里", *missing), attached=attached)


def hand_out_week_report(services: Services, bureau: Bureau, entry: OrderEntry) -> OrderLine:
    """The week report as the ledger is now, its sentences in the letter too. Raises PermanentFailure where no notice
    applies."""
    from intake_bot.digests.week.make import make_week_report  # lxml costs memory, and is asked for once a week

    report = make_week_report(services, bureau, services.clock())
    if report is None:
        raise PermanentFailure("现在没有适用的通知，做不了周报")
    names = "、".join(file.name for file in report.files)
    first = (f"{names} 附在这封信里",) if entry.command is not None else ()
    sentences = (*first, *report.sentences, *report.left_out)
    return OrderLine(entry.line, OrderOutcome.ANSWERED, sentences, attached=report.files)
