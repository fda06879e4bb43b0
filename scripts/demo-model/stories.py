#!/usr/bin/env python3
"""Tells stories of the small world and answers questions about them.

A story is a simulation: people move, find, give and leave things, and every
sentence is a template of `grammar.py` filled with what just happened.  The
facts a sentence states become questions.  A story's seed decides everything
in it, so a story can be told again.
"""
import argparse
import random
import zlib

import grammar as g


class Story:
    """One story: its sentences, its people, and the questions it answers."""

    MOST_THINGS = MOST_ANIMALS = 2

    def __init__(self, seed, about=None):
        """`about` names people who must appear, the first of them first."""
        self.rng = random.Random(seed)
        self.sentences = []
        self.place = {}      # person -> place
        self.holder = {}     # thing -> person who has it
        self.left_at = {}    # thing -> place where it was left
        self.colour = {}     # thing -> colour
        self.animals = {}    # animal -> colour
        self.facts = {}      # (kind, key) -> slots of question and answer; None if ambiguous
        self.last = None     # who "he" or "she" would be
        self.before = None   # kind of the sentence before
        self.people = list(about or [])
        self.promised = len(self.people)
        extra = self.pick((1, 2, 2, 2, 3)) - len(self.people)
        for _ in range(extra):
            self.people.append(self.other(g.NAMES, self.people))
        self.tell()

    @property
    def text(self):
        return " ".join(self.sentences)

    def pick(self, options):
        return options[int(self.rng.random() * len(options))]

    def other(self, options, taken):
        free = [o for o in options if o not in taken]
        return self.pick(free) if free else None

    def say(self, kind, **slots):
        """Adds a sentence of this kind and returns the template used."""
        forms = g.TEMPLATES[kind]
        person = slots.get("A")
        use = "plain"
        if person and person == self.last and "pronoun" in forms:
            use = "pronoun" if self.rng.random() < 0.6 else "plain"
        template = self.pick(forms[use])
        while template.startswith("There ") and self.before not in ("open", "begin", "move", "move_both"):
            template = self.pick(forms[use])
        self.before = kind
        if person:
            he = "she" if g.is_girl(person) else "he"
            slots.update(he=he, He=he.capitalize(), girl="girl" if he == "she" else "boy")
        if "place" in slots:
            slots.update(at=g.at(slots["place"]), to=f"the {slots['place']}")
        self.sentences.append(template.format(**slots))
        other = slots.get("B")
        confusing = other and g.is_girl(other) == g.is_girl(person)
        self.last = None if kind in ("move_both", "friends", "thanks") or confusing else person
        return template

    def fact(self, kind, key, **slots):
        """A fact that must stay unique: told twice with another content, nobody asks for it."""
        known = self.facts.get((kind, key), slots)
        self.facts[kind, key] = slots if known == slots else None

    # --- what can happen; each returns False when it cannot happen now

    def move(self):
        person = self.pick(list(self.place))
        place = self.other(list(g.PLACES), [self.place[person]])
        self.say("move", A=person, place=place)
        self.place[person] = place

    def move_both(self):
        if len(self.place) < 2:
            return False
        a, b = self.two()
        place = self.other(list(g.PLACES), [self.place[a], self.place[b]])
        self.say("move_both", A=a, B=b, place=place)
        self.place[a] = self.place[b] = place

    def two(self):
        people = list(self.place)
        a = self.pick(people)
        return a, self.other(people, [a])

    def arrive(self):
        """Somebody new comes into the story."""
        new = [p for p in self.people if p not in self.place]
        if not new:
            return False
        here = self.pick(list(self.place))
        place = self.place[here]
        if place != "home" and self.rng.random() < 0.75:
            self.say("meet", A=here, B=new[0], place=place)
            self.fact("who_met", here, A=here, B=new[0])
        else:
            place = self.pick(list(g.PLACES))
            self.say("move" if self.rng.random() < 0.7 else "open", A=new[0], place=place,
                     weather=self.pick(g.WEATHER), time=self.pick(g.TIMES))
        self.place[new[0]] = place

    def gain(self, found_chance=0.7):
        """Somebody finds a thing, or had it all along."""
        thing = self.other(g.THINGS, self.colour)
        colour = self.pick(g.COLOURS)
        person = self.pick(list(self.place))
        if self.place[person] == "home" or len(self.colour) >= self.MOST_THINGS:
            return False
        a_thing = g.article(f"{colour} {thing}")
        kind = "find" if self.rng.random() < found_chance else "own"
        self.say(kind, A=person, a_thing=a_thing, place=self.place[person])
        self.colour[thing], self.holder[thing] = colour, person
        if kind == "find":
            self.fact("what_found", person, A=person, a_thing=a_thing)
            self.fact("who_found", thing, A=person, thing=thing)

    def give(self):
        chances = [(t, a, b) for t, a in self.holder.items() for b in self.place
                   if b != a and self.place[b] == self.place[a]]
        if not chances:
            return False
        thing, a, b = self.pick(chances)
        self.say("give", A=a, B=b, thing=thing)
        self.holder[thing] = b
        gift = dict(A=a, B=b, thing=thing)
        self.fact("what_given", (a, b), **gift)
        self.fact("who_gave", (thing, b), **gift)
        self.fact("given_to", (thing, a), **gift)
        if self.rng.random() < 0.25:
            self.say("thanks", A=a, B=b)

    def leave(self):
        chances = [(t, a) for t, a in self.holder.items() if self.place[a] != "home"]
        if not chances:
            return False
        thing, person = self.pick(chances)
        self.say("leave", A=person, thing=thing, place=self.place[person])
        del self.holder[thing]
        self.left_at[thing] = self.place[person]

    def take(self):
        chances = [(t, a) for t, p in self.left_at.items() for a in self.place
                   if self.place[a] == p]
        if not chances:
            return False
        thing, person = self.pick(chances)
        self.say("take", A=person, thing=thing)
        del self.left_at[thing]
        self.holder[thing] = person

    def see(self):
        person = self.pick(list(self.place))
        animal = self.other(g.ANIMALS, self.animals)
        place = self.place[person]
        if place == "home" or len(self.animals) >= self.MOST_ANIMALS:
            return False
        self.animals[animal] = self.pick(g.ANIMAL_COLOURS)
        phrase = g.article(f"{self.animals[animal]} {animal}")
        template = self.say("see", A=person, a_animal=phrase, place=place)
        self.fact("what_seen", person, A=person, a_animal=phrase)
        if "{at}" in template:
            self.fact("where_animal", animal, animal=animal, at=g.at(place))

    def animal(self):
        animal = self.other(g.ANIMALS, self.animals)
        if len(self.animals) >= self.MOST_ANIMALS:
            return False
        colour, place, doing = self.pick(g.ANIMAL_COLOURS), self.pick(list(g.PLACES)), \
            self.pick(g.DOING)
        self.animals[animal] = colour
        self.say("animal", An_animal=g.capital(g.article(f"{colour} {animal}")), doing=doing,
                 place=place)
        self.last = None
        self.fact("where_animal", animal, animal=animal, at=g.at(place))
        self.fact("what_doing", animal, animal=animal, doing=doing)

    def feel(self):
        person, feeling = self.pick(list(self.place)), self.pick(g.FEELINGS)
        self.say("feel", A=person, feel=feeling)
        self.fact("how_feel", person, A=person, feel=feeling)

    def small(self):
        if len(self.place) > 1 and self.rng.random() < 0.3:
            a, b = self.two()
            if self.place[a] == self.place[b]:
                self.say("friends", A=a, B=b)
                return
        self.say("small", A=self.pick(list(self.place)))

    EVENTS = ([("arrive", 30), ("move", 18), ("gain", 26), ("give", 90), ("leave", 12), ("take", 20),
               ("see", 8), ("animal", 7), ("feel", 9), ("small", 7), ("move_both", 8)])
    EVENT_NAMES = [name for name, weight in EVENTS for _ in range(weight)]

    def tell(self):
        length = self.pick((3, 4, 5, 5, 6, 6, 7, 7, 8) if self.promised < 2 else (5, 6, 7, 8))
        hero, place = self.people[0], self.pick(list(g.PLACES))
        opening = dict(A=hero, place=place, weather=self.pick(g.WEATHER), time=self.pick(g.TIMES))
        start = self.rng.random()
        if start < 0.25:
            self.say("once", A=hero)
            self.place[hero] = place
            if self.rng.random() < 0.3:
                self.gain(found_chance=0)
            self.say("open", **opening)
        elif start < 0.4:
            self.say("weather", **opening)
            self.say("begin", **opening)
        else:
            self.say("open", **opening)
        self.place[hero] = place
        closing = self.rng.random() < 0.3
        while len(self.sentences) < length - closing:
            if 1 < len(self.sentences) and len(self.place) < self.promised:
                self.arrive()
            else:
                getattr(self, self.pick(self.EVENT_NAMES))()
        if closing:
            if self.rng.random() < 0.4:
                person = self.pick(list(self.place))
                self.say("home", A=person)
                self.place[person] = "home"
            else:
                self.say("end")
        del self.sentences[8:]   # an event may say two sentences
        self.close()

    def close(self):
        """Adds the facts that hold at the end of the story."""
        here = {}
        for person, place in self.place.items():
            here.setdefault(place, []).append(person)
            self.fact("where_person", person, A=person, at=g.at(place))
        for place, people in here.items():
            if len(people) == 1:
                self.fact("who_at", place, A=people[0], at=g.at(place))
        had = {}
        for thing, person in self.holder.items():
            had.setdefault(person, []).append(thing)
            self.fact("who_has", thing, A=person, thing=thing)
            self.fact("where_held", thing, A=person, thing=thing)
        for person, things in had.items():
            if len(things) == 1:
                self.fact("what_has", person, A=person, thing=things[0])
        for thing, place in self.left_at.items():
            self.fact("where_thing", thing, thing=thing, at=g.at(place))
        for thing, colour in self.colour.items():
            self.fact("thing_colour", thing, thing=thing, colour=colour)
        for animal, colour in self.animals.items():
            self.fact("animal_colour", animal, animal=animal, animal_colour=colour)

    def questions(self, limit):
        """Up to `limit` different (kind, question, answer), mixed."""
        facts = [(kind, slots) for (kind, _), slots in self.facts.items() if slots]
        self.rng.shuffle(facts)
        out, asked = [], set()
        for kind, slots in facts:
            asks, answer = g.QUESTIONS[kind]
            question = self.pick(asks).format(**slots)
            if question not in asked and len(out) < limit:
                asked.add(question)
                out.append((kind, question, answer.format(**slots)))
        return out


class Facts(Story):
    """Two to five people and a sentence about each: exercise in telling them apart."""

    MOST_THINGS = MOST_ANIMALS = 5

    def tell(self):
        people = self.rng.sample(g.NAMES, self.pick((2, 3, 3, 4, 5)))
        told = {}
        for person in people:
            place = self.pick(list(g.PLACES))
            self.place = {person: place}
            event = self.pick(("begin", "gain", "gain", "see", "animal", "feel"))
            if event == "begin":
                self.say("begin", A=person, place=place)
                told[person] = place
            else:
                getattr(self, event)()
        self.place = told
        self.close()


def held_out(text):
    """Whether a story belongs to the held-out part: one in twenty, by its text alone."""
    return zlib.crc32(text.encode()) % 20 == 0


def main():
    parser = argparse.ArgumentParser(description="Tell some stories and ask about them.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stories", type=int, default=5)
    args = parser.parse_args()
    for n in range(args.stories):
        story = Story(args.seed + n)
        print(story.text)
        for kind, question, answer in story.questions(4):
            print(f"  {question} {answer}  ({kind})")
        print()


if __name__ == "__main__":
    main()
