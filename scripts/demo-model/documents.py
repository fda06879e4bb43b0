"""What the model is trained on: stories, questions and sums, in plain and in chat form.

A document is a list of (text, weight) parts in order; the weight says how much
the loss of the part's tokens counts, in sixteenths.  What nobody can predict
(the numbers asked for) counts little, what has one right answer counts most.
A part ends where the tokenizer would cut the whole text too.
"""
import sums
from grammar import NAMES
from stories import Story, held_out
from tokenizer import BEGIN, END, TURN

STORY, QUESTION, ANSWER, OPERANDS, RESULT, FIXED = 16, 4, 48, 1, 80, 4

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


class Writer:
    """Draws documents of the training part, or of the held-out part; never mixed."""

    def __init__(self, rng, held_out=False):
        self.rng = rng
        self.held_out = held_out

    def pick(self, options):
        return options[int(self.rng.random() * len(options))]

    def story(self, about=None):
        while True:
            story = Story(self.rng.getrandbits(48), about)
            if held_out(story.text) == self.held_out:
                return story

    # --- plain form

    def plain_story(self):
        return [(BEGIN, 0), (self.story().text, STORY), (END, STORY)]

    def plain_questions(self):
        story = self.story()
        parts = [(BEGIN, 0), (story.text + "\n", STORY)]
        for _, question, answer in story.questions(self.pick((1, 2, 3, 4))):
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

    def turn(self, asked, answer_parts, asked_weight=QUESTION):
        """One exchange.

        The generation prompt "Assistant: " is tokenized by itself when the model is asked, and
        together with the answer when an old conversation is read again, so both occur.
        """
        parts = [(f"User: {asked}", asked_weight), (TURN, FIXED)]
        (first, weight), *rest = answer_parts
        if self.rng.random() < 0.8:
            parts += [("Assistant: ", FIXED), (first, weight)]
        else:
            parts += [("Assistant:", FIXED), (" " + first, weight)]
        return parts + rest + [(TURN, ANSWER)]

    def sum_turn(self):
        pair = sums.draw(self.rng, self.held_out)
        left, right = sums.tell(*pair)
        return self.turn(sums.ask(self.rng, *pair), [(left, QUESTION), (right, RESULT)], OPERANDS)

    def small_talk(self):
        asks, answer = self.pick(SMALL_TALK)
        return self.turn(self.pick(asks), [(answer, STORY)])

    def question_turns(self, story, limit):
        parts = []
        for _, question, answer in story.questions(limit):
            parts += self.turn(question, [(answer, ANSWER)])
        return parts

    def told_story(self, limit):
        """The model tells a story about somebody and answers questions about it."""
        ask = self.pick(TELL)
        who = [self.pick(NAMES)]
        if self.rng.random() < 0.3:
            who.append(self.pick([n for n in NAMES if n not in who]))
        story = self.story(who if "{who}" in ask else None)
        return (self.turn(ask.format(who=" and ".join(who)), [(story.text, STORY)])
                + self.question_turns(story, limit))

    def given_story(self, limit):
        """The user tells a story and asks about it."""
        story = self.story()
        (_, question, answer), *more = story.questions(limit)
        parts = self.turn(f"{story.text} {question}", [(answer, ANSWER)], STORY)
        for _, question, answer in more:
            parts += self.turn(question, [(answer, ANSWER)])
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
