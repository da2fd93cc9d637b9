from __future__ import annotations

from tests.e2e.office import office as office
