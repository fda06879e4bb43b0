#!/usr/bin/env python3
"""Makes held-out prompts, and grades what a model answers to them.

  evaluate.py prompts --out prompts.jsonl        id, kind, prompt, expected
  evaluate.py grade --prompts prompts.jsonl --completions completions.jsonl

A completion is {"id": …, "completion": …}: the text greedy decoding adds to the
prompt, without special tokens.  An answer is right when its first line is the
expected one, letter for letter.  Every sentence of a generated story is held
against the grammar.
"""
import argparse
import collections
import json
import random
import sys

import grammar
import sums
from documents import TELL
from stories import Story, held_out
from tokenizer import BEGIN, TURN


def plain(before, question):
    return f"{BEGIN}{before}Question: {question}\nAnswer:"


def chat(text):
    return f"{BEGIN}User: {text}{TURN}Assistant: "


def held_out_story(rng, about=None):
    while True:
        story = Story(rng.getrandbits(48), about)
        if held_out(story.text):
            return story


def question_prompts(rng, count):
    """One question a story, half in plain and half in chat form."""
    for n in range(count):
        story = held_out_story(rng)
        kind, question, answer = story.questions(1)[0]
        prompt = chat(f"{story.text} {question}") if n % 2 else plain(story.text + "\n", question)
        yield {"kind": "question/" + kind, "prompt": prompt, "expected": answer}


def sum_prompts(rng, count):
    """Pairs that no training document holds: as a bare sum, as a question, in chat."""
    for n in range(count):
        pair = sums.draw(rng, True)
        left, right = sums.tell(*pair)
        kind = {"+": "sum/addition", "-": "sum/subtraction"}[pair[1]]
        if n % 3 == 0:
            yield {"kind": kind, "prompt": BEGIN + left, "expected": right.strip()}
        else:
            ask = sums.ask(rng, *pair)
            yield {"kind": kind, "prompt": plain("", ask) if n % 3 == 1 else chat(ask),
                   "expected": left + right}


def story_prompts(rng, count):
    """A held-out story's beginning to continue, or the wish for a story."""
    for n in range(count):
        story = held_out_story(rng)
        if n % 2:
            who = rng.sample(grammar.NAMES, rng.choice((1, 1, 2)))
            yield {"kind": "story/told", "prompt": chat(rng.choice(TELL).format(
                who=" and ".join(who)))}
        else:
            yield {"kind": "story/continued",
                   "prompt": BEGIN + " ".join(story.sentences[:rng.choice((1, 2))])}


def write_prompts(args):
    rng = random.Random(args.seed)
    items = [*question_prompts(rng, args.questions), *sum_prompts(rng, args.sums),
             *story_prompts(rng, args.stories)]
    with open(args.out, "w", encoding="utf-8") as f:
        for n, item in enumerate(items):
            f.write(json.dumps({"id": n, **item}) + "\n")
    print(len(items), "prompts in", args.out)


def grade(args):
    with open(args.prompts, encoding="utf-8") as f:
        prompts = [json.loads(line) for line in f]
    with open(args.completions, encoding="utf-8") as f:
        completions = {c["id"]: c["completion"] for c in map(json.loads, f)}
    missing = [p["id"] for p in prompts if p["id"] not in completions]
    if missing:
        sys.exit(f"{args.completions} lacks {len(missing)} prompts, the first of them {missing[0]}")
    right, total = collections.Counter(), collections.Counter()
    wrong = []
    for prompt in prompts:
        group, kind = prompt["kind"].split("/")
        text = completions[prompt["id"]].strip().split("\n")[0].strip()
        if group == "story":
            results = [(s, grammar.derives(s)) for s in grammar.sentences(text)]
        else:
            results = [(text, text == prompt["expected"])]
        for said, ok in results:
            for key in (group, prompt["kind"]):
                total[key] += 1
                right[key] += ok
            if not ok:
                wrong.append((prompt, said))
    for prompt, said in wrong[:args.show]:
        print(f"{prompt['kind']}\n  {prompt['prompt']!r}\n  said {said!r}\n"
              f"  expected {prompt.get('expected', 'a sentence of the grammar')!r}")
    names = {"question": "questions right", "sum": "sums right",
             "story": "generated sentences that the grammar derives"}
    for key in sorted(total, key=lambda k: (k.split("/")[0], k)):
        label = names.get(key, "  " + key)
        print(f"{label:48} {100 * right[key] / total[key]:6.2f} %   {right[key]} of {total[key]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    make = commands.add_parser("prompts", help="write held-out prompts")
    make.add_argument("--out", required=True)
    make.add_argument("--questions", type=int, default=1000)
    make.add_argument("--sums", type=int, default=1000)
    make.add_argument("--stories", type=int, default=300)
    make.add_argument("--seed", type=int, default=2025)
    make.set_defaults(run=write_prompts)
    check = commands.add_parser("grade", help="grade completions")
    check.add_argument("--prompts", required=True)
    check.add_argument("--completions", required=True)
    check.add_argument("--show", type=int, default=0, help="wrong ones to print")
    check.set_defaults(run=grade)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
