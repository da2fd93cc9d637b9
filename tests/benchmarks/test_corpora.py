"""The mails of the benchmarks: the same seed makes the same ones, and ours accepts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.bench_home import make_bench_home
from tests.benchmarks.corpora import make_corpus
from tests.e2e.inspection import run
from tests.marking import slow


def test_corpus_of_the_same_seed_is_the_same(tmp_path: Path) -> None:
    first, again, other = (make_corpus("S", 2, tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert [path.read_bytes() for path in first.mails] == [path.read_bytes() for path in again.mails]
    assert [path.stat().st_mtime for path in first.mails] == [path.stat().st_mtime for path in again.mails]
    assert first.mails[0].read_bytes() != other.mails[0].read_bytes()


@pytest.mark.parametrize("name", ["S", slow("M")])
def test_every_mail_of_the_corpus_is_accepted(tmp_path: Path, name: str) -> None:
    home = make_bench_home(tmp_path / "home", {"puyang": "nobody"}, 1, 1)
    corpus = make_corpus(name, 1, tmp_path / name, seed=1)
    judged = run("judge", "--json", "--home", home, "--received", "2023-05-14T09:00:00+08:00", *corpus.mails).objects
    assert [(one["disposition"], one["findings"]) for one in judged] == [("accepted", [])]
    assert [item["findings"] for one in judged for item in one["items"]] == [[]]
