"""How far apart are the hashes of one picture saved anew, and of two different pictures?

`python -m tests.benchmarks.looks` prints the distances that `duplicate_files.MAXIMUM_LOOK_DISTANCE` rests on. The
pictures are painted: scenes of sky, ground, walls, people and banners, as photos of an event are; series of one scene,
as a telephone takes them within a second; and clouds.
"""

from __future__ import annotations

import io
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import combinations

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from intake_bot.demo.media import jpeg
from intake_bot.files.media.photo import hash_look
from intake_bot.judging.prior_mail.duplicate_files import MAXIMUM_LOOK_DISTANCE, count_differing_bits

SCENES = 80
SIZE = (1600, 1200)


def scene(seed: int, moved: int = 0) -> Image.Image:
    """An event: sky, ground, some walls and people, a banner. `moved`: the people have walked so many pixels."""
    dice = random.Random(seed)
    width, height = SIZE
    image = Image.new("RGB", SIZE, _colour(dice, 140, 255))
    draw = ImageDraw.Draw(image)
    horizon = dice.randint(height // 4, 3 * height // 4)
    draw.rectangle((0, horizon, width, height), fill=_colour(dice, 40, 180))
    for _ in range(dice.randint(2, 5)):
        left, wide = dice.randint(-200, width), dice.randint(150, 700)
        draw.rectangle((left, horizon - dice.randint(80, 500), left + wide, horizon + 60), fill=_colour(dice, 30, 230))
    for _ in range(dice.randint(4, 14)):
        x, y, tall = dice.randint(0, width) + moved, dice.randint(horizon - 50, height), dice.randint(120, 420)
        draw.ellipse((x, y - tall, x + tall // 3, y - 2 * tall // 3), fill=_colour(dice, 90, 220))
        draw.rectangle((x, y - 2 * tall // 3, x + tall // 3, y), fill=_colour(dice, 10, 240))
    top = dice.randint(0, horizon // 2)
    draw.rectangle((width // 5, top, 4 * width // 5, top + 90), fill=(200, 30, 30))
    grain = Image.effect_noise(SIZE, 40).convert("RGB")
    return Image.blend(image.filter(ImageFilter.GaussianBlur(3)), grain, 0.08)


def _colour(dice: random.Random, least: int, most: int) -> tuple[int, int, int]:
    return dice.randint(least, most), dice.randint(least, most), dice.randint(least, most)


def saved(image: Image.Image, quality: int = 85) -> Image.Image:
    """As it comes back from a file."""
    target = io.BytesIO()
    image.convert("RGB").save(target, "JPEG", quality=quality)
    return Image.open(io.BytesIO(target.getvalue()))


def cropped(image: Image.Image, share: float) -> Image.Image:
    """Without such a share of its width and height, half of it on either side."""
    width, height = image.size
    dx, dy = int(width * share / 2), int(height * share / 2)
    return image.crop((dx, dy, width - dx, height - dy))


def marked(image: Image.Image) -> Image.Image:
    """With a date in the corner."""
    image = image.copy()
    ImageDraw.Draw(image).rectangle((1250, 1120, 1570, 1180), fill=(255, 200, 0))
    return image


VARIANTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved at quality 60": lambda image: saved(image, 60),
    "saved at quality 25": lambda image: saved(image, 25),
    "scaled to a half": lambda image: saved(image.resize((800, 600))),
    "scaled to a fifth, quality 50": lambda image: saved(image.resize((320, 240)), 50),
    "brighter by 20 %": lambda image: saved(ImageEnhance.Brightness(image).enhance(1.2)),
    "darker by 20 %": lambda image: saved(ImageEnhance.Brightness(image).enhance(0.8)),
    "more contrast by 25 %": lambda image: saved(ImageEnhance.Contrast(image).enhance(1.25)),
    "sharpened": lambda image: saved(image.filter(ImageFilter.SHARPEN)),
    "with a date in the corner": lambda image: saved(marked(image)),
    "cropped by 1 %": lambda image: saved(cropped(image, 0.01)),
    "cropped by 2 %": lambda image: saved(cropped(image, 0.02)),
    "cropped by 4 %": lambda image: saved(cropped(image, 0.04)),
    "cropped by 8 %": lambda image: saved(cropped(image, 0.08)),
}


def line(name: str, distances: list[int]) -> str:
    """One row of the report."""
    met = sum(one <= MAXIMUM_LOOK_DISTANCE for one in distances) / len(distances)
    p99 = sorted(distances)[int(len(distances) * 0.99) - 1]
    return (
        f"{name:34} median {statistics.median(distances):4.1f}  99 % {p99:3}  least {min(distances):3}  "
        f"most {max(distances):3}  taken for the same: {met:7.2%}"
    )


def report() -> Iterator[str]:
    """The rows: the same picture changed, then different pictures."""
    pictures = {seed: scene(seed) for seed in range(SCENES)}
    looks = {seed: look for seed, image in pictures.items() if (look := hash_look(saved(image))) is not None}
    yield f"{len(looks)} of {SCENES} scenes have a hash; threshold {MAXIMUM_LOOK_DISTANCE} of 64 bits"
    for name, change in VARIANTS.items():
        changed = {seed: hash_look(change(pictures[seed])) for seed in looks}
        yield line(name, [count_differing_bits(looks[seed], one) for seed, one in changed.items() if one is not None])
    for moved in (20, 60, 200):
        again = {seed: hash_look(saved(scene(seed, moved))) for seed in looks}
        found = [count_differing_bits(looks[seed], one) for seed, one in again.items() if one is not None]
        yield line(f"people walked {moved} of 1600 pixels", found)
    yield line(
        "two different scenes", [count_differing_bits(one, other) for one, other in combinations(looks.values(), 2)]
    )
    clouds = [hash_look(Image.open(io.BytesIO(jpeg(640, 480, seed=seed)))) for seed in range(SCENES)]
    hashes = [look for look in clouds if look is not None]
    yield line("two different clouds", [count_differing_bits(one, other) for one, other in combinations(hashes, 2)])
    started = time.perf_counter()
    for image in list(pictures.values())[:50]:
        hash_look(image)
    yield f"hash of a decoded picture of 2 million pixels: {(time.perf_counter() - started) / 50 * 1000:.1f} ms"


if __name__ == "__main__":
    sys.stdout.writelines(f"{row}\n" for row in report())
