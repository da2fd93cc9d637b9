from __future__ import annotations

from typing import get_args

from intake_bot.desk import carry_out
from intake_bot.orders.order import Order, Verb
from intake_bot.orders.verbs import EXAMPLES


def test_every_order_is_carried_out() -> None:
    assert set(carry_out._HANDLERS) == set(get_args(Order))


def test_help_names_every_order_but_the_confirmation() -> None:
    told = {sentence.split("　　")[0] for sentence in carry_out.help_sentences()}
    assert [verb for verb in Verb if EXAMPLES[verb][0] not in told] == [Verb.CONFIRM]
