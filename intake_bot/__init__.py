"""An e-mail driven intake robot for Chinese education bureaus."""

__version__ = "0.1.0"
