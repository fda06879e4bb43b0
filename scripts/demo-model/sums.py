"""Additions and subtractions of numbers from 0 to 99; differences are never negative."""
import zlib

# Ways to ask for "a + b"; the answer always repeats the sum: "12 + 30 = 42."
ASKS = ["What is {a} {sign} {b}?", "What is {a} {word} {b}?", "How much is {a} {sign} {b}?",
        "How much is {a} {word} {b}?", "{a} {sign} {b}", "{a} {sign} {b} ="]
WORDS = {"+": "plus", "-": "minus"}


def result(a, sign, b):
    return a + b if sign == "+" else a - b


def held_out(a, sign, b):
    """Whether this pair is kept for the evaluation: one in ten, a + b along with b + a."""
    low, high = min(a, b), max(a, b)
    return zlib.crc32(f"{low}{sign}{high}".encode()) % 10 == 0


def draw(rng, want_held_out):
    """A random (a, sign, b) of the wanted part."""
    while True:
        a, b = (int(rng.random() * (10 if rng.random() < 0.12 else 100)) for _ in range(2))
        sign = "+" if rng.random() < 0.5 else "-"
        if sign == "-" and a < b:
            a, b = b, a
        if held_out(a, sign, b) == want_held_out:
            return a, sign, b


def ask(rng, a, sign, b):
    form = ASKS[int(rng.random() * len(ASKS))]
    return form.format(a=a, b=b, sign=sign, word=WORDS[sign])


def tell(a, sign, b):
    """The sum up to the equals sign and what follows it."""
    return f"{a} {sign} {b} =", f" {result(a, sign, b)}."
