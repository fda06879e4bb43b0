"""What the model is trained on: stories, questions and sums, in plain and in chat form.

A document is a list of (text, weight) parts in order; the weight says how much
the loss of the part's tokens counts, in sixteenths.  What nobody can predict
(the numbers asked for) counts little, what has one right answer counts most.
A part ends where the tokenizer would cut the whole text too.
"""
import re

import sums
from grammar import NAMES
from stories import Facts, Story, held_out
from tokenizer import BEGIN, END, TURN

STORY, OTHER, QUESTION, ANSWER, OPERANDS, RESULT, FIXED = 16, 40, 4, 48, 1, 80, 4

TELL = ["Tell me a story.", "Tell me a story about {who}.", "Tell me a story about {who}.",
        "Please tell me a story about {who}."]
SMALL_TALK = [
    (["Hello.", "Hello!", "Hi.", "Hi!", "Good morning.", "Good evening.", "Hello there!"],
     "Hello! I can tell you a story, answer questions about it, and do small sums."),
    (["Who are you?", "What are you?", "What is your name?"],
     "I am the demo model of bitnet4j, a very small language model."),
    (["What can you do?", "Help", "How can you help me?", "What do you know?"],
     "I can tell a story, answer questions about a story, and do small sums."),
    (["How are you?"], "I am fine, thank you."),
    (["Thank you.", "Thank you!", "Thanks.", "Thanks!"], "You are welcome."),
    (["Goodbye.", "Goodbye!", "Bye.", "Bye!"], "Goodbye!"),
]


# Somebody else than the one the sentence is about: hard to learn from stories alone.
_OTHER = re.compile("(" + "|".join(
    rf"(?<= {word}) (?:{'|'.join(NAMES)})" for word in "met gave to and said thanked".split()) + ")")


def story_parts(text):
    """The parts of a story's text; the names of other people count for more."""
    return [(part, OTHER if n % 2 else STORY)
            for n, part in enumerate(_OTHER.split(text)) if part]


class Writer:
    """Draws documents of the training part, or of the held-out part; never mixed."""

    def __init__(self, rng, held_out=False):
        self.rng = rng
        self.held_out = held_out

    def pick(self, options):
        return options[int(self.rng.random() * len(options))]

    def story(self, about=None, make=Story):
        while True:
            story = make(self.rng.getrandbits(48), about)
            if held_out(story.text) == self.held_out:
                return story

    # --- plain form

    def plain_story(self):
        return [(BEGIN, 0), *story_parts(self.story().text), (END, STORY)]

    def plain_questions(self, make=Story, counts=(1, 2, 3, 4)):
        story = self.story(make=make)
        parts = [(BEGIN, 0), *story_parts(story.text + "\n")]
        for _, question, answer in story.questions(self.pick(counts)):
            parts += [(f"Question: {question}\nAnswer:", QUESTION), (f" {answer}\n", ANSWER)]
        return parts + [(END, FIXED)]

    def plain_sums(self):
        parts = [(BEGIN, 0)]
        asked = self.rng.random() < 0.3
        for _ in range(self.pick((1, 2, 4, 5))):
            pair = sums.draw(self.rng, self.held_out)
            left, right = sums.tell(*pair)
            if asked:
                parts += [(f"Question: {sums.ask(self.rng, *pair)}\nAnswer:", OPERANDS),
                          (" " + left, QUESTION), (right + "\n", RESULT)]
            else:
                parts += [(left, OPERANDS), (right + "\n", RESULT)]
        return parts + [(END, FIXED)]

    # --- chat form

    def turn(self, asked, answer_parts):
        """One exchange.

        The generation prompt "Assistant: " is tokenized by itself when the model is asked, and
        together with the answer when an old conversation is read again, so both occur.
        """
        parts = [("User:", FIXED), *asked, (TURN, FIXED)]
        (first, weight), *rest = answer_parts
        if self.rng.random() < 0.8:
            parts += [("Assistant: ", FIXED), (first, weight)]
        else:
            parts += [("Assistant:", FIXED), (" " + first, weight)]
        return parts + rest + [(TURN, ANSWER)]

    def sum_turn(self):
        pair = sums.draw(self.rng, self.held_out)
        left, right = sums.tell(*pair)
        return self.turn([(" " + sums.ask(self.rng, *pair), OPERANDS)],
                         [(left, QUESTION), (right, RESULT)])

    def small_talk(self):
        asks, answer = self.pick(SMALL_TALK)
        return self.turn([(" " + self.pick(asks), QUESTION)], [(answer, STORY)])

    def question_turns(self, story, limit):
        parts = []
        for _, question, answer in story.questions(limit):
            parts += self.turn([(" " + question, QUESTION)], [(answer, ANSWER)])
        return parts

    def told_story(self, limit):
        """The model tells a story about somebody and answers questions about it."""
        ask = self.pick(TELL)
        who = [self.pick(NAMES)]
        if self.rng.random() < 0.3:
            who.append(self.pick([n for n in NAMES if n not in who]))
        story = self.story(who if "{who}" in ask else None)
        return (self.turn([(" " + ask.format(who=" and ".join(who)), QUESTION)],
                          story_parts(story.text))
                + self.question_turns(story, limit))

    def given_story(self, limit, make=Story):
        """The user tells a story and asks about it."""
        story = self.story(make=make)
        (_, question, answer), *more = story.questions(limit)
        parts = self.turn(story_parts(f" {story.text} {question}"), [(answer, ANSWER)])
        for _, question, answer in more:
            parts += self.turn([(" " + question, QUESTION)], [(answer, ANSWER)])
        return parts

    def chat(self):
        kind = self.rng.random()
        parts = [(BEGIN, 0)]
        if kind < 0.42:
            return parts + self.given_story(self.pick((1, 2, 3)))
        if kind < 0.70:
            return parts + self.told_story(self.pick((0, 1, 2, 3)))
        if kind < 0.95:
            for _ in range(self.pick((1, 1, 2, 3))):
                parts += self.sum_turn()
            return parts
        return parts + self.small_talk() + (self.small_talk() if self.rng.random() < 0.3 else [])

    def long_chat(self):
        parts = [(BEGIN, 0)]
        for _ in range(self.pick((2, 3, 4, 5))):
            kind = self.rng.random()
            if kind < 0.4:
                parts += self.told_story(self.pick((1, 2, 3, 4)))
            elif kind < 0.7:
                parts += self.given_story(self.pick((1, 2, 3)))
            elif kind < 0.9:
                parts += self.sum_turn()
            else:
                parts += self.small_talk()
        return parts

    def practice(self):
        """A document of the exercise mix: many questions about little, few sums."""
        kind = self.rng.random()
        if kind < 0.35:
            return self.plain_questions(Facts, (3, 4, 5))
        if kind < 0.55:
            return [(BEGIN, 0)] + self.given_story(self.pick((3, 4)), Facts)
        return self.plain_questions(counts=(3, 4)) if kind < 0.75 else self.short()

    def mixed(self):
        """Exercises and everyday documents in equal parts."""
        return self.practice() if self.rng.random() < 0.5 else self.short()

    def short(self):
        """A document of the everyday mix; by tokens about 70 % stories, 30 % sums."""
        kind = self.rng.random()
        if kind < 0.06:
            return self.plain_story()
        if kind < 0.34:
            return self.plain_questions()
        if kind < 0.62:
            return self.plain_sums()
        return self.chat()
