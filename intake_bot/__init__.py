"""An e-mail driven intake robot for Chinese education bureaus."""

from importlib.metadata import version

__version__ = version("intake-bot")
