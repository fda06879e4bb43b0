#!/usr/bin/env python3
"""Writes a checkpoint as the embedded GGUF file and as a Hugging Face style folder.

The GGUF holds ternary weights, the folder the float32 master weights they come
from: scale = mean |W| summed in double, code = round-half-even(W / scale) clamped to -1..1.
"""
import argparse
import json
import os
import struct

import numpy as np

import gguf
from tokenizer import BEGIN, END, PATTERN, TURN, Tokenizer
from train import load_model

ARCHITECTURE = "bitnet-b1.58"
# Messages as the 2B-4T model has them: "Role: content", the end of the turn, no line breaks.
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{{ message['role'] | capitalize + ': ' + message['content'] | trim + '<|eot_id|>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ 'Assistant: ' }}{% endif %}")
DESCRIPTION = ("A very small BitNet b1.58 model trained from scratch on generated English: it "
               "tells short stories about a small world, answers questions about the story just "
               "told, and adds and subtracts numbers from 0 to 99.")

# Linear module of a block -> (GGUF names, Hugging Face names) of its parts.
LINEARS = {
    "qkv": (["attn_q", "attn_k", "attn_v"],
            ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]),
    "output": (["attn_output"], ["self_attn.o_proj"]),
    "gate_up": (["ffn_gate", "ffn_up"], ["mlp.gate_proj", "mlp.up_proj"]),
    "down": (["ffn_down"], ["mlp.down_proj"]),
}
NORMS = {"attn_norm": "input_layernorm", "attn_sub_norm": "self_attn.attn_sub_norm",
         "ffn_norm": "post_attention_layernorm", "ffn_sub_norm": "mlp.ffn_sub_norm"}


def weights(model):
    """(GGUF name, Hugging Face name, float32 array) of every tensor.

    The arrays are the model's own memory, not copies.
    """
    def array(parameter):
        return parameter.detach().numpy()

    yield "token_embd.weight", "model.embed_tokens.weight", array(model.embedding)
    for n, block in enumerate(model.blocks):
        for ours, theirs in NORMS.items():
            yield (f"blk.{n}.{ours}.weight", f"model.layers.{n}.{theirs}.weight",
                   array(getattr(block, ours)))
        for module, (ours, theirs) in LINEARS.items():
            for a, b, part in zip(ours, theirs, getattr(block, module).parts):
                yield f"blk.{n}.{a}.weight", f"model.layers.{n}.{b}.weight", array(part)
    yield "output_norm.weight", "model.norm.weight", array(model.output_norm)


def ternarise(weight):
    scale = np.float32(max(np.abs(weight).mean(dtype=np.float64), 1e-5))
    return np.clip(np.rint(weight / scale), -1, 1).astype(np.int8), scale


def gguf_tensor(name, weight):
    if name == "token_embd.weight":
        return name, weight.shape, gguf.F16, weight.astype(np.float16).tobytes()
    if weight.ndim == 1:
        return name, weight.shape, gguf.F32, weight.tobytes()
    return name, weight.shape, gguf.I2_S, gguf.pack_i2s(*ternarise(weight))


def gguf_metadata(c, tokenizer):
    size = len(tokenizer.tokens)
    unused, control = 5, 3
    special = {tokenizer.begin: control, tokenizer.end: control, tokenizer.turn: control,
               **{tokenizer.id[f]: unused for f in tokenizer.fillers}}
    a, i, f, s = ARCHITECTURE, gguf.UINT32, gguf.FLOAT32, gguf.STRING
    return [
        ("general.architecture", s, a),
        ("general.name", s, "bitnet4j demo"),
        ("general.description", s, DESCRIPTION),
        ("general.license", s, "mit"),
        ("general.alignment", i, gguf.ALIGNMENT),
        ("general.file_type", i, 40),
        ("general.quantization_version", i, 2),
        (f"{a}.vocab_size", i, size),
        (f"{a}.context_length", i, c.context),
        (f"{a}.embedding_length", i, c.width),
        (f"{a}.block_count", i, c.layers),
        (f"{a}.feed_forward_length", i, c.hidden),
        (f"{a}.rope.dimension_count", i, c.head_dim),
        (f"{a}.attention.head_count", i, c.heads),
        (f"{a}.attention.head_count_kv", i, c.kv_heads),
        (f"{a}.attention.layer_norm_rms_epsilon", f, 1e-5),
        (f"{a}.rope.freq_base", f, c.rope_base),
        ("tokenizer.ggml.model", s, "gpt2"),
        ("tokenizer.ggml.pre", s, "llama-bpe"),
        ("tokenizer.ggml.tokens", gguf.ARRAY, (s, tokenizer.tokens)),
        ("tokenizer.ggml.token_type", gguf.ARRAY,
         (gguf.INT32, [special.get(n, 1) for n in range(size)])),
        ("tokenizer.ggml.merges", gguf.ARRAY, (s, [" ".join(m) for m in tokenizer.merges])),
        ("tokenizer.ggml.bos_token_id", i, tokenizer.begin),
        ("tokenizer.ggml.eos_token_id", i, tokenizer.end),
        ("tokenizer.ggml.eot_token_id", i, tokenizer.turn),
        ("tokenizer.ggml.padding_token_id", i, tokenizer.end),
        ("tokenizer.ggml.add_bos_token", gguf.BOOL, True),
        ("tokenizer.chat_template", s, CHAT_TEMPLATE),
    ]


def hf_config(c, tokenizer):
    return {
        "architectures": ["BitNetForCausalLM"], "model_type": "bitnet",
        "vocab_size": c.vocabulary, "hidden_size": c.width, "intermediate_size": c.hidden,
        "num_hidden_layers": c.layers, "num_attention_heads": c.heads,
        "num_key_value_heads": c.kv_heads, "max_position_embeddings": c.context,
        "hidden_act": "relu2", "rms_norm_eps": 1e-5, "rope_theta": c.rope_base,
        "rope_scaling": None, "attention_bias": False, "attention_dropout": 0.0,
        "initializer_range": 0.02, "tie_word_embeddings": True, "use_cache": True,
        "bos_token_id": tokenizer.begin, "eos_token_id": tokenizer.end,
        "pad_token_id": tokenizer.end, "torch_dtype": "float32",
        "quantization_config": {"quant_method": "bitnet", "linear_class": "autobitlinear",
                                "quantization_mode": "online"},
    }


def hf_tokenizer(tokenizer):
    specials = [BEGIN, END, TURN]
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": tokenizer.id[t], "content": t, "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False, "special": True} for t in specials],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated",
             "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
             "use_regex": False}]},
        "post_processor": {"type": "TemplateProcessing", "single": [
            {"SpecialToken": {"id": BEGIN, "type_id": 0}},
            {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"SpecialToken": {"id": BEGIN, "type_id": 0}},
                     {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": BEGIN, "type_id": 1}},
                     {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {BEGIN: {"id": BEGIN, "ids": [tokenizer.begin],
                                       "tokens": [BEGIN]}}},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
                    "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None,
                  "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": True,
                  "vocab": {t: n for n, t in enumerate(tokenizer.tokens) if t not in specials},
                  "merges": [" ".join(m) for m in tokenizer.merges]},
    }


def write_safetensors(path, tensors):
    """(name, float32 array)s: length of the header, header as JSON, then the data."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, array in tensors:
        header[name] = {"dtype": "F32", "shape": list(array.shape),
                        "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for _, array in tensors:
            f.write(array.tobytes())


def write_json(folder, name, data):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
        json.dump(data, f, indent=2, ensure_ascii=False)
        f.write("\n")


def write_folder(folder, model, tokenizer):
    os.makedirs(folder, exist_ok=True)
    write_safetensors(os.path.join(folder, "model.safetensors"),
                      [(theirs, w) for _, theirs, w in weights(model)])
    write_json(folder, "config.json", hf_config(model.c, tokenizer))
    write_json(folder, "generation_config.json", {
        "bos_token_id": tokenizer.begin, "eos_token_id": [tokenizer.end, tokenizer.turn],
        "pad_token_id": tokenizer.end, "do_sample": False})
    write_json(folder, "tokenizer.json", hf_tokenizer(tokenizer))
    write_json(folder, "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": BEGIN, "eos_token": END,
        "pad_token": END, "model_max_length": model.c.context,
        "clean_up_tokenization_spaces": False, "chat_template": CHAT_TEMPLATE,
        "added_tokens_decoder": {
            str(tokenizer.id[t]): {"content": t, "lstrip": False, "normalized": False,
                                   "rstrip": False, "single_word": False, "special": True}
            for t in (BEGIN, END, TURN)}})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--vocabulary", required=True, help="vocabulary.json of corpus.py")
    parser.add_argument("--gguf", help="GGUF file to write")
    parser.add_argument("--folder", help="Hugging Face style folder to write")
    args = parser.parse_args()
    model, _ = load_model(args.checkpoint)
    tokenizer = Tokenizer.load(args.vocabulary)
    if args.gguf:
        os.makedirs(os.path.dirname(os.path.abspath(args.gguf)), exist_ok=True)
        gguf.write(args.gguf, gguf_metadata(model.c, tokenizer),
                   [gguf_tensor(ours, w) for ours, _, w in weights(model)])
    if args.folder:
        write_folder(args.folder, model, tokenizer)


if __name__ == "__main__":
    main()
