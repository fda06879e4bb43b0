#!/usr/bin/env python3
"""The small English world of the demo model: words, sentence templates, recogniser.

This is the only description of the language.  `stories.py` writes sentences by
filling the templates, and `derives` reads sentences with regular expressions
made from the same templates, so the two cannot disagree.

Slots of a template:
  {A} {B}     two different people            {He} {he} {his}  pronoun of A
  {girl}      "girl" or "boy", agreeing with A
  {to}        a place to go: "the kitchen"    {at}   a place to be: "in the kitchen"
  {a_thing}   "a red ball"                    {thing}   "ball"
  {a_animal}  "a white horse"; {An_animal} at the start of a sentence
  {doing}     what an animal does             {feel}    how a person feels
  {weather}   "sunny"                         {time}    "morning"
"""
import argparse
import re
import sys

GIRLS = "Anna Clara Ella Emma Lucy Mia Nora Rosa".split()
BOYS = "Ben David Leo Max Oscar Paul Sam Tom".split()
NAMES = GIRLS + BOYS

# Place -> the preposition that says one is there.
PLACES = {
    "kitchen": "in", "garden": "in", "park": "in", "library": "in", "barn": "in",
    "forest": "in", "bakery": "in", "attic": "in", "school": "at", "market": "at",
    "river": "at", "beach": "at", "station": "at", "mill": "at", "castle": "in",
    "shop": "in", "hill": "on", "bridge": "on",
}
THINGS = ("ball book apple lamp cup key hat kite coin box letter pear "
          "drum basket scarf flute bell spoon rope stone").split()
COLOURS = "red blue green yellow white black brown orange purple pink".split()
ANIMALS = "cat dog horse rabbit duck hen goat sheep fox owl mouse bear".split()
ANIMAL_COLOURS = "white black brown grey".split()
DOING = "sleeping playing hiding resting".split()
FEELINGS = "happy tired hungry proud sleepy sad cold brave".split()
WEATHER = "sunny rainy cold warm windy quiet".split()
TIMES = "morning afternoon evening day".split()

# Sentences by what happens in them.  In "plain" A is named, in "pronoun" A is
# the subject of the sentence before.
TEMPLATES = {
    "once": {"plain": ["Once there was a {girl} named {A}.",
                       "Once upon a time there was a {girl} named {A}."]},
    "weather": {"plain": ["It was a {weather} {time}.", "The sun was shining.",
                          "The birds were singing.", "The sky was blue."]},
    "open": {"plain": ["One {weather} {time}, {A} went to {to}.",
                       "One {time}, {A} walked to {to}.",
                       "{A} was {at}."],
             "pronoun": ["One {weather} {time}, {he} went to {to}.",
                         "One {time}, {he} walked to {to}."]},
    "begin": {"plain": ["{A} was {at}.", "{A} went to {to}.", "{A} walked to {to}."]},
    "move": {"plain": ["{A} went to {to}.", "{A} walked to {to}.", "{A} ran to {to}.",
                       "Then {A} went to {to}.", "After that, {A} walked to {to}.",
                       "Later {A} hurried to {to}."],
             "pronoun": ["{He} went to {to}.", "Then {he} walked to {to}.",
                         "Soon {he} ran to {to}.", "After that, {he} went to {to}.",
                         "Later {he} hurried to {to}."]},
    "move_both": {"plain": ["{A} and {B} went to {to}.",
                            "Then {A} and {B} walked to {to} together.",
                            "Soon {A} and {B} ran to {to}."]},
    "home": {"plain": ["In the end, {A} went home.", "Then {A} walked home."],
             "pronoun": ["In the end, {he} went home.", "Then {he} walked home."]},
    "meet": {"plain": ["{A} met {B} {at}.", "There {A} met {B}."],
             "pronoun": ["{He} met {B} {at}.", "There {he} met {B}."]},
    "find": {"plain": ["{A} found {a_thing}.", "{A} found {a_thing} {at}.",
                       "There {A} found {a_thing}."],
             "pronoun": ["{He} found {a_thing}.", "There {he} found {a_thing}.",
                         "Then {he} found {a_thing}."]},
    "own": {"plain": ["{A} had {a_thing}."],
            "pronoun": ["{He} had {a_thing}."]},
    "give": {"plain": ["{A} gave the {thing} to {B}.", "{A} gave {B} the {thing}.",
                       "Then {A} gave the {thing} to {B}."],
             "pronoun": ["{He} gave the {thing} to {B}.", "Then {he} gave {B} the {thing}."]},
    "leave": {"plain": ["{A} left the {thing} {at}.", "{A} put the {thing} down {at}."],
              "pronoun": ["{He} left the {thing} {at}.", "Then {he} put the {thing} down {at}."]},
    "take": {"plain": ["{A} took the {thing}.", "{A} picked up the {thing}."],
             "pronoun": ["{He} took the {thing}.", "Then {he} picked up the {thing}."]},
    "see": {"plain": ["{A} saw {a_animal}.", "{A} saw {a_animal} {at}."],
            "pronoun": ["{He} saw {a_animal}.", "There {he} saw {a_animal}."]},
    "animal": {"plain": ["{An_animal} was {doing} {at}."]},
    "feel": {"plain": ["{A} was {feel}.", "{A} was very {feel}.", "{A} felt {feel}."],
             "pronoun": ["{He} was {feel}.", "{He} was very {feel}.", "{He} felt {feel}."]},
    "thanks": {"plain": ["\"Thank you, {A}!\" said {B}.", "{B} said thank you.",
                         "{B} thanked {A}."]},
    "small": {"plain": ["{A} smiled.", "{A} laughed.", "{A} sang a song.", "{A} liked it there.",
                        "{A} looked around."],
              "pronoun": ["{He} smiled.", "{He} laughed.", "{He} sang a song.",
                          "{He} liked it there.", "{He} looked around."]},
    "friends": {"plain": ["{A} and {B} were good friends.", "{A} and {B} played together.",
                          "{A} and {B} laughed."]},
    "end": {"plain": ["It was a good day.", "Everyone was happy.", "What a day!", "The end."]},
}

# Questions by kind: the ways to ask, and the one way to answer.
QUESTIONS = {
    "where_person": (["Where is {A}?", "Where is {A} now?"], "{A} is {at}."),
    "who_at": (["Who is {at}?"], "{A} is {at}."),
    "who_has": (["Who has the {thing}?", "Who has the {thing} now?"], "{A} has the {thing}."),
    "what_has": (["What does {A} have?"], "{A} has the {thing}."),
    "where_held": (["Where is the {thing}?"], "{A} has the {thing}."),
    "where_thing": (["Where is the {thing}?", "Where is the {thing} now?"],
                    "The {thing} is {at}."),
    "what_given": (["What did {A} give to {B}?", "What did {A} give {B}?"],
                   "{A} gave the {thing} to {B}."),
    "who_gave": (["Who gave the {thing} to {B}?"], "{A} gave the {thing} to {B}."),
    "given_to": (["Who did {A} give the {thing} to?"], "{A} gave the {thing} to {B}."),
    "thing_colour": (["What colour is the {thing}?"], "The {thing} is {colour}."),
    "what_found": (["What did {A} find?"], "{A} found {a_thing}."),
    "who_found": (["Who found the {thing}?"], "{A} found the {thing}."),
    "animal_colour": (["What colour was the {animal}?"], "The {animal} was {animal_colour}."),
    "what_seen": (["What did {A} see?"], "{A} saw {a_animal}."),
    "where_animal": (["Where was the {animal}?"], "The {animal} was {at}."),
    "what_doing": (["What was the {animal} doing?"], "The {animal} was {doing}."),
    "how_feel": (["How did {A} feel?"], "{A} was {feel}."),
    "who_met": (["Who did {A} meet?"], "{A} met {B}."),
}


def article(words):
    """The words with "a" or "an" in front."""
    return ("an " if words[0] in "aeiou" else "a ") + words


def at(place):
    """Where one is: "in the kitchen"; "home" is the place without an article."""
    return "at home" if place == "home" else f"{PLACES[place]} the {place}"


def capital(words):
    return words[0].upper() + words[1:]


def is_girl(name):
    return name in GIRLS


def _things():
    return [article(f"{c} {t}") for c in COLOURS for t in THINGS]


def _animals():
    return [article(f"{c} {n}") for c in ANIMAL_COLOURS for n in ANIMALS]


SLOTS = {
    "A": NAMES, "B": NAMES, "He": ["He", "She"], "he": ["he", "she"], "girl": ["girl", "boy"],
    "to": [f"the {p}" for p in PLACES], "at": [at(p) for p in PLACES],
    "a_thing": _things(), "thing": THINGS, "colour": COLOURS,
    "a_animal": _animals(), "An_animal": [capital(a) for a in _animals()],
    "animal": ANIMALS, "animal_colour": ANIMAL_COLOURS,
    "doing": DOING, "feel": FEELINGS, "weather": WEATHER, "time": TIMES,
}


def _pattern(template):
    """A regular expression of everything the template can say."""
    out, seen = "", set()
    for literal, slot in re.findall(r"([^{]*)(?:\{(\w+)\})?", template):
        out += re.escape(literal)
        if slot in seen:
            out += f"(?P={slot})"
        elif slot:
            seen.add(slot)
            out += f"(?P<{slot}>" + "|".join(map(re.escape, SLOTS[slot])) + ")"
    return re.compile(out)


_RULES = [_pattern(t) for forms in TEMPLATES.values() for ts in forms.values() for t in ts]


def _agrees(words):
    a, b = words.get("A"), words.get("B")
    if a and a == b:
        return False
    return not ("girl" in words and is_girl(a) != (words["girl"] == "girl"))


def derives(sentence):
    """Whether one sentence can be written by the grammar."""
    matches = (rule.fullmatch(sentence) for rule in _RULES)
    return any(m and _agrees(m.groupdict()) for m in matches)


def sentences(text):
    """The sentences of a story, each with its closing mark.

    A mark ends a sentence when a blank and a capital or a quote follow, so that
    '"Thank you, Anna!" said Ben.' stays whole.
    """
    return [s for s in re.split(r"(?<=[.!?])\s+(?=[A-Z\"])", text.strip()) if s]


def main():
    parser = argparse.ArgumentParser(description="Say which sentences of the standard input the "
                                                 "grammar can write.")
    parser.add_argument("--words", action="store_true", help="list the grammar's words instead")
    args = parser.parse_args()
    if args.words:
        text = [s for ss in SLOTS.values() for s in ss]
        text += [t for forms in TEMPLATES.values() for ts in forms.values() for t in ts]
        text += [q for asks, answer in QUESTIONS.values() for q in asks + [answer]]
        text = re.sub(r"\{\w+\}", "", " ".join(text))
        words = sorted(set(re.findall(r"[A-Za-z]+", text)))
        print(len(words), "words:", " ".join(words))
        return
    for sentence in sentences(sys.stdin.read()):
        print("yes" if derives(sentence) else "NO ", sentence)


if __name__ == "__main__":
    main()
