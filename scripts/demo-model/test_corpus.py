"""Tests of the corpus and the file formats: python3 -m unittest test_corpus (needs numpy)."""
import os
import random
import re
import tempfile
import unittest

import numpy as np

import grammar
import gguf
import sums
from corpus import encode
from documents import Writer
from stories import Story, held_out
from tokenizer import BEGIN, Tokenizer, train


class GrammarTest(unittest.TestCase):
    def test_every_sentence_of_every_story_derives(self):
        for seed in range(500):
            for sentence in grammar.sentences(Story(seed).text):
                self.assertTrue(grammar.derives(sentence), sentence)

    def test_wrong_sentences_do_not_derive(self):
        for sentence in ["Anna went to kitchen.", "Anna met Anna at the river.", "She a red ball.",
                         "Once there was a boy named Anna.", "Tom found a orange kite.",
                         "Tom was in the river.", "Ben went to the park", "Tom runned home."]:
            self.assertFalse(grammar.derives(sentence), sentence)

    def test_a_quoted_thank_you_stays_one_sentence(self):
        text = 'Ben gave Anna the ball. "Thank you, Ben!" said Anna. She smiled.'
        self.assertEqual(len(grammar.sentences(text)), 3)


class StoryTest(unittest.TestCase):
    def test_a_seed_tells_the_same_story_again(self):
        self.assertEqual(Story(7).text, Story(7).text)

    def test_people_asked_for_appear(self):
        for seed in range(500):
            text = Story(seed, ["Ben", "Nora"]).text
            self.assertIn("Ben", text)
            self.assertIn("Nora", text)

    def test_who_has_a_thing_is_who_got_it_last(self):
        checked = 0
        for seed in range(3000):
            story = Story(seed)
            for thing, person in story.holder.items():
                gifts = re.findall(rf" gave (?:the {thing} to (\w+)|(\w+) the {thing})\.",
                                   story.text)
                later = story.text.rsplit(thing, 1)[0]
                if gifts and later.endswith("the ") and re.search(
                        rf"gave (the {thing} to \w+|\w+ the {thing})\.(?!.*the {thing})",
                        story.text):
                    checked += 1
                    self.assertEqual(person, gifts[-1][0] or gifts[-1][1], story.text)
        self.assertGreater(checked, 100)

    def test_answers_derive_from_what_the_story_says(self):
        for seed in range(300):
            story = Story(seed)
            for _, _, answer in story.questions(8):
                for name in grammar.NAMES:
                    if name in answer:
                        self.assertIn(name, story.text)


class SplitTest(unittest.TestCase):
    def test_training_documents_hold_no_held_out_pair(self):
        writer = Writer(random.Random(3))
        seen = 0
        for _ in range(3000):
            text = "".join(t for t, _ in writer.short())
            for a, sign, b in re.findall(r"(\d+) ([+-]|plus|minus) (\d+)", text):
                seen += 1
                sign = {"plus": "+", "minus": "-"}.get(sign, sign)
                self.assertFalse(sums.held_out(int(a), sign, int(b)), text)
        self.assertGreater(seen, 1000)

    def test_training_and_held_out_stories_are_disjoint(self):
        rng = random.Random(4)
        trained = {Writer(rng).story().text for _ in range(2000)}
        kept = {Writer(rng, held_out=True).story().text for _ in range(200)}
        self.assertFalse(trained & kept)
        self.assertTrue(all(held_out(text) for text in kept))


class TokenizerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        writer = Writer(random.Random(1))
        texts = ["".join(t for t, w in writer.short() if not t.startswith("<|"))
                 for _ in range(1500)]
        cls.tokenizer = train(texts, 832)

    def test_text_comes_back(self):
        for text in ["Anna met Ben.\nQuestion: Who?", "naïve café – 東京 🦆", "  two  spaces ", "12+30=42"]:
            self.assertEqual(self.tokenizer.decode(self.tokenizer.encode(text)), text)

    def test_every_digit_is_a_token(self):
        self.assertEqual(len(self.tokenizer.encode("198")), 3)

    def test_tokens_are_distinct(self):
        self.assertEqual(len(set(self.tokenizer.tokens)), 832)

    def test_parts_of_a_document_are_cut_where_the_whole_text_is(self):
        writer = Writer(random.Random(5))
        for _ in range(500):
            parts = writer.plain_questions()
            whole = self.tokenizer.encode_chat("".join(t for t, _ in parts))
            self.assertEqual(encode(self.tokenizer, parts)[0], whole)
            self.assertEqual(parts[0][0], BEGIN)


class GgufTest(unittest.TestCase):
    def test_i2s_puts_weight_j_of_a_block_into_byte_j_mod_32(self):
        codes = np.full(128, -1, np.int8)
        codes[33] = 1
        packed = gguf.pack_i2s(codes, 0.5)
        self.assertEqual(len(packed), 64)
        self.assertEqual(packed[1], 2 << 4)
        self.assertEqual(sum(packed[:32]), 2 << 4)

    def test_a_file_comes_back(self):
        codes = np.random.default_rng(1).integers(-1, 2, (4, 128)).astype(np.int8)
        norm = np.arange(5, dtype=np.float32)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "m.gguf")
            gguf.write(path, [("a", gguf.STRING, "b"), ("c", gguf.ARRAY, (gguf.INT32, [1, 2]))],
                       [("w", (4, 128), gguf.I2_S, gguf.pack_i2s(codes, 0.25)),
                        ("n", (5,), gguf.F32, norm.tobytes())])
            metadata, tensors = gguf.read(path)
        self.assertEqual(metadata, {"a": "b", "c": [1, 2]})
        np.testing.assert_array_equal(tensors["w"][0], codes)
        self.assertEqual(tensors["w"][1], 0.25)
        np.testing.assert_array_equal(tensors["n"], norm)


if __name__ == "__main__":
    unittest.main()
