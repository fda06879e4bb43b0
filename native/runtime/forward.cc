#include "runtime/forward.h"

#include <string.h>

#include <algorithm>

#include "ops/attention.h"
#include "ops/linear.h"
#include "runtime/batch.h"
#include "runtime/shared_attention.h"

namespace bitnet {
namespace {

// With fewer pairs of a token and a KV head than this to a thread, threads share each token's attention:
// of whole pairs, some threads would have none left at the end.
constexpr uint64_t kItemsPerThread = 8;

// Fewer products with keys than this are not worth the steps that sharing takes.
constexpr uint64_t kSharedProducts = uint64_t{1} << 18;

// One run over one batch. Steps alternate between "per token" work (norms, quantisation, RoPE,
// activation: split by token) and products and attention (split by output row or by head). Nothing is
// ever split inside a sum, so the number of threads cannot be seen in the result.
class Pass {
 public:
  Pass(bn_context* context, bn_kv* kv, const bn_batch& batch)
      : c_(*context),
        model_(*context->model),
        h_(context->model->hparams),
        kernel_(*context->model->kernel),
        kv_(*kv),
        batch_(batch),
        threads_(context->pool) {}

  void run(uint64_t n_wanted, float* logits);

 private:
  // Steps of ARITHMETIC.md, "Order of the forward pass".
  void embed();
  void attention_input(uint32_t layer);
  void append_kv(uint32_t layer);
  void attend(uint32_t layer);
  void attend_tokens(uint32_t layer, uint64_t kv_head, uint64_t begin, uint64_t end, uint32_t thread);
  void attention_output(uint32_t layer);
  void ffn_input(uint32_t layer);
  void ffn_middle(uint32_t layer);
  void ffn_output(uint32_t layer);
  void head(uint64_t n_wanted, float* logits);

  // Calls f(token, thread) for every token of the batch.
  template <typename F>
  void for_each_token(const F& f) {
    threads_.for_each(batch_.n_tokens, 1, [&f](uint64_t begin, uint64_t end, uint32_t thread) {
      for (uint64_t i = begin; i < end; ++i) f(i, thread);
    });
  }

  // Rows of `layers` times the quantised activations, for every token.
  template <uint32_t N>
  void linear(const LinearLayer (&layers)[N]);

  // The same for one token with packed weights.
  void packed_linear(const LinearLayer* layers, uint32_t n_layers);

  // normed = rms(x) * norm, tapped as `op`; its quantisation becomes row i of the quantised input.
  void norm_and_quantize(uint64_t i, uint32_t thread, const float* x, const float* norm, uint64_t n,
                         uint32_t op, uint32_t layer);

  // Copies one token's result to the taps that ask for it.
  void tap(uint32_t op, uint32_t layer, uint64_t row, const float* x) {
    for (uint64_t i = 0; i < batch_.taps_bytes / sizeof(bn_tap); ++i) {
      const bn_tap& t = batch_.taps[i];
      if (t.op != op || t.layer != layer) continue;
      const uint64_t width = op_width(model_, op);
      memcpy(t.data + row * width, x, width * sizeof(float));
    }
  }

  const int32_t* pages_of(uint64_t i) const {
    return batch_.pages + static_cast<uint64_t>(batch_.sequences[i]) * batch_.pages_per_sequence;
  }

  bn_context& c_;
  const bn_model& model_;
  const bn_hparams& h_;
  const KernelTable& kernel_;
  bn_kv& kv_;
  const bn_batch& batch_;
  PoolLease threads_;
};

void Pass::run(uint64_t n_wanted, float* logits) {
  embed();
  for (uint32_t layer = 0; layer < h_.n_layers; ++layer) {
    const ModelLayer& w = model_.layers[layer];
    attention_input(layer);
    linear<3>({{&w.q, c_.q.data()}, {&w.k, c_.k.data()}, {&w.v, c_.v.data()}});
    append_kv(layer);
    attend(layer);
    attention_output(layer);
    linear<1>({{&w.attn_output, c_.output.data()}});
    ffn_input(layer);
    linear<2>({{&w.gate, c_.gate.data()}, {&w.up, c_.up.data()}});
    ffn_middle(layer);
    linear<1>({{&w.down, c_.output.data()}});
    ffn_output(layer);
  }
  c_.head_rows = 0;
  if (n_wanted > 0) head(n_wanted, logits);
}

void Pass::norm_and_quantize(uint64_t i, uint32_t thread, const float* x, const float* norm,
                             uint64_t n, uint32_t op, uint32_t layer) {
  float* normed = c_.rows.data() + thread * c_.row_floats;
  kernel_.rms_norm(x, norm, n, h_.rms_epsilon, normed);
  tap(op, layer, i, normed);
  kernel_.quantize(normed, n, c_.quantized.data() + i * n, &c_.scales[i], &c_.sums[i]);
}

template <uint32_t N>
void Pass::linear(const LinearLayer (&layers)[N]) {
  if (batch_.n_tokens == 1 && layers[0].weights->packed.data != nullptr) {
    return packed_linear(layers, N);
  }
  const QuantizedRows input = {c_.quantized.data(), c_.scales.data(), c_.sums.data(),
                               batch_.n_tokens};
  const uint64_t rows = linear_row_count(layers, N);
  const uint64_t chunk = linear_chunk_rows(kernel_, rows, batch_.n_tokens, threads_.n_threads());
  threads_.for_each(rows, chunk, [&](uint64_t begin, uint64_t end, uint32_t thread) {
    linear_rows(kernel_, layers, N, input, begin, end,
                c_.kernel_scratch.data() + thread * c_.kernel_bytes);
  });
}

void Pass::packed_linear(const LinearLayer* layers, uint32_t n_layers) {
  int8_t* const inputs = c_.packed_inputs.data();
  kernel_.packed_inputs(c_.quantized.data(), layers[0].weights->packed.cols, inputs);
  const uint64_t groups = packed_linear_group_count(layers, n_layers);
  const uint64_t chunk = packed_linear_chunk_groups(groups, threads_.n_threads());
  threads_.for_each(groups, chunk, [&](uint64_t begin, uint64_t end, uint32_t) {
    packed_linear_groups(kernel_, layers, n_layers, inputs, c_.scales[0], begin, end);
  });
}

void Pass::embed() {
  const uint64_t n = h_.n_embd;
  for_each_token([&](uint64_t i, uint32_t) {
    float* x = c_.stream.data() + i * n;
    const uint8_t* row = model_.token_embd.row(static_cast<uint64_t>(batch_.tokens[i]));
    kernel_.widen(model_.token_embd.type, row, n, x);
    tap(BN_OP_EMBEDDING, 0, i, x);
  });
}

void Pass::attention_input(uint32_t layer) {
  const uint64_t n = h_.n_embd;
  for_each_token([&](uint64_t i, uint32_t thread) {
    norm_and_quantize(i, thread, c_.stream.data() + i * n, model_.layers[layer].attn_norm, n,
                      BN_OP_ATTN_NORM, layer);
  });
}

void Pass::append_kv(uint32_t layer) {
  const uint64_t half = h_.head_dim / 2, a = model_.attn_width(), kv = model_.kv_width();
  for_each_token([&](uint64_t i, uint32_t) {
    float *q = c_.q.data() + i * a, *k = c_.k.data() + i * kv, *v = c_.v.data() + i * kv;
    tap(BN_OP_Q, layer, i, q);
    tap(BN_OP_K, layer, i, k);
    tap(BN_OP_V, layer, i, v);
    const uint32_t position = static_cast<uint32_t>(batch_.positions[i]);
    const float *cos = c_.rope_cos + position * half, *sin = c_.rope_sin + position * half;
    kernel_.rope(q, h_.n_heads, h_.head_dim, cos, sin);
    kernel_.rope(k, h_.n_kv_heads, h_.head_dim, cos, sin);
    tap(BN_OP_Q_ROPE, layer, i, q);
    tap(BN_OP_K_ROPE, layer, i, k);
    kv_.store(layer, pages_of(i), position, k, v);
  });
}

void Pass::attend(uint32_t layer) {
  const uint64_t group = h_.n_heads / h_.n_kv_heads, a = model_.attn_width();
  const uint64_t n_tokens = batch_.n_tokens, n_items = n_tokens * h_.n_kv_heads;
  const uint64_t enough = kItemsPerThread * threads_.n_threads();
  uint64_t longest = 0;
  for (uint64_t i = 0; i < n_tokens; ++i) {
    longest = std::max(longest, static_cast<uint64_t>(batch_.positions[i]) + 1);
  }
  if (threads_.n_threads() > 1 && n_items < enough && longest * a >= kSharedProducts) {
    for (uint64_t i = 0; i < n_tokens; ++i) {
      shared_attention(&threads_, kv_, layer, pages_of(i),
                       static_cast<uint64_t>(batch_.positions[i]) + 1, c_.q.data() + i * a,
                       c_.scores.data(), c_.attention.data() + i * a);
    }
    return;
  }
  // Item = a KV head and a few tokens: neighbours see the same keys.
  const uint64_t item_tokens = std::max(
      std::min(attention_tile_tokens(group, longest), n_items / enough), uint64_t{1});
  const uint64_t head_items = (n_tokens + item_tokens - 1) / item_tokens;
  threads_.for_each(h_.n_kv_heads * head_items, 1, [&](uint64_t item, uint64_t end, uint32_t thread) {
    for (; item < end; ++item) {
      const uint64_t first = item % head_items * item_tokens;
      attend_tokens(layer, item / head_items, first, std::min(first + item_tokens, n_tokens), thread);
    }
  });
}

// One KV head's part for tokens begin..end, in a tile for each run of one sequence.
void Pass::attend_tokens(uint32_t layer, uint64_t kv_head, uint64_t begin, uint64_t end,
                         uint32_t thread) {
  const uint64_t group = h_.n_heads / h_.n_kv_heads, a = model_.attn_width();
  float* scratch = c_.scores.data() + thread * c_.score_floats;
  for (uint64_t i = begin, next; i < end; i = next) {
    next = i + 1;
    while (next < end && batch_.sequences[next] == batch_.sequences[i]) ++next;
    const uint64_t offset = i * a + kv_head * group * h_.head_dim;
    attention(kernel_, kv_.view(layer, static_cast<uint32_t>(kv_head), pages_of(i)),
              {next - i, group, h_.head_dim, batch_.positions + i, a}, h_.attention_scale,
              c_.q.data() + offset, scratch, c_.attention.data() + offset);
  }
}

void Pass::attention_output(uint32_t layer) {
  const uint64_t n = model_.attn_width();
  for_each_token([&](uint64_t i, uint32_t thread) {
    const float* x = c_.attention.data() + i * n;
    tap(BN_OP_ATTENTION, layer, i, x);
    norm_and_quantize(i, thread, x, model_.layers[layer].attn_sub_norm, n, BN_OP_ATTN_SUB_NORM,
                      layer);
  });
}

void Pass::ffn_input(uint32_t layer) {
  const uint64_t n = h_.n_embd;
  for_each_token([&](uint64_t i, uint32_t thread) {
    float *x = c_.stream.data() + i * n, *y = c_.output.data() + i * n;
    tap(BN_OP_ATTN_OUTPUT, layer, i, y);
    kernel_.add(x, y, n, x);
    tap(BN_OP_ATTN_RESIDUAL, layer, i, x);
    norm_and_quantize(i, thread, x, model_.layers[layer].ffn_norm, n, BN_OP_FFN_NORM, layer);
  });
}

void Pass::ffn_middle(uint32_t layer) {
  const uint64_t n = h_.n_ff;
  for_each_token([&](uint64_t i, uint32_t thread) {
    float *gate = c_.gate.data() + i * n, *up = c_.up.data() + i * n;
    tap(BN_OP_FFN_GATE, layer, i, gate);
    tap(BN_OP_FFN_UP, layer, i, up);
    kernel_.activate(h_.activation, n, gate, up, gate);
    tap(BN_OP_FFN_ACTIVATION, layer, i, gate);
    norm_and_quantize(i, thread, gate, model_.layers[layer].ffn_sub_norm, n, BN_OP_FFN_SUB_NORM,
                      layer);
  });
}

void Pass::ffn_output(uint32_t layer) {
  const uint64_t n = h_.n_embd;
  for_each_token([&](uint64_t i, uint32_t) {
    float *x = c_.stream.data() + i * n, *y = c_.output.data() + i * n;
    tap(BN_OP_FFN_DOWN, layer, i, y);
    kernel_.add(x, y, n, x);
    tap(BN_OP_FFN_RESIDUAL, layer, i, x);
  });
}

void Pass::head(uint64_t n_wanted, float* logits) {
  const uint64_t n = h_.n_embd, n_vocab = h_.n_vocab;
  uint64_t wanted = 0;
  for (uint64_t i = 0; i < batch_.n_tokens; ++i) {
    if (!batch_.want_logits[i]) continue;
    float* y = c_.output.data() + wanted * n;
    kernel_.rms_norm(c_.stream.data() + i * n, model_.output_norm, n, h_.rms_epsilon, y);
    tap(BN_OP_OUTPUT_NORM, 0, wanted, y);
    ++wanted;
  }
  const float* x = c_.output.data();
  if (model_.screened_head.serves(batch_.highest)) {
    c_.head_rows = c_.screening.run(model_.screened_head, model_.head(), x, n_wanted, batch_.highest,
                                    &threads_, logits);
  } else {
    model_.head().compute(x, n_wanted, &threads_, logits);
    c_.head_rows = n_wanted * n_vocab;
  }
  for (uint64_t i = 0; i < n_wanted; ++i) tap(BN_OP_LOGITS, 0, i, logits + i * n_vocab);
}

}  // namespace

void forward(bn_context* context, bn_kv* kv, const bn_batch& batch, uint64_t n_wanted,
             float* logits) {
  const DefaultFloatMode float_mode;
  Pass(context, kv, batch).run(n_wanted, logits);
}

}  // namespace bitnet
