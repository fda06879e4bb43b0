#include "ops/attention.h"

#include <string.h>

namespace bitnet {
namespace {

// Calls f(first head, heads) for the heads in groups that a kernel takes: they read each key and value
// once.
template <typename F>
void for_each_group(uint64_t n_heads, const F& f) {
  for (uint64_t h = 0; h < n_heads; h += kMaxAttentionHeads) {
    f(h, n_heads - h < kMaxAttentionHeads ? n_heads - h : kMaxAttentionHeads);
  }
}

// Calls f(rows, first position, positions, the next call's rows) for each block that holds some of
// begin..end; rows is kv.keys or kv.values. The last call is its own next.
template <typename F>
void for_each_block(const KvView& kv, const uint8_t* rows, uint64_t begin, uint64_t end,
                    const F& f) {
  const auto block = [&](uint64_t t) {
    const uint64_t b = t / kv.block_tokens;
    return rows + (kv.blocks == nullptr ? b : static_cast<uint64_t>(kv.blocks[b])) * kv.block_bytes;
  };
  for (uint64_t t = begin; t < end; t += kv.block_tokens) {
    const uint64_t count = end - t < kv.block_tokens ? end - t : kv.block_tokens;
    f(block(t), t, count, block(t + count < end ? t + count : t));
  }
}

}  // namespace

void attention_scores(const KernelTable& kernel, const KvView& kv, uint64_t n_heads,
                      uint64_t head_dim, uint64_t begin, uint64_t end, float scale, const float* q,
                      float* scores, uint64_t stride) {
  for_each_group(n_heads, [&](uint64_t h, uint64_t n) {
    for_each_block(kv, kv.keys, begin, end,
                   [&](const uint8_t* k, uint64_t t, uint64_t count, const uint8_t* next) {
                     kernel.attention_scores(q + h * head_dim, n, head_dim, kv.type, k, count,
                                             next, scale, scores + h * stride + t, stride);
                   });
  });
}

void attention_mix(const KernelTable& kernel, const KvView& kv, uint64_t n_heads, uint64_t head_dim,
                   uint64_t n_positions, uint64_t begin, uint64_t end, const float* e,
                   const float* sums, float* out) {
  for (uint64_t h = 0; h < n_heads; ++h) {
    memset(out + h * head_dim + begin, 0, (end - begin) * sizeof(float));
  }
  for_each_group(n_heads, [&](uint64_t h, uint64_t n) {
    for_each_block(kv, kv.values, 0, n_positions,
                   [&](const uint8_t* v, uint64_t t, uint64_t count, const uint8_t* next) {
                     kernel.attention_mix(e + h * n_positions + t, n_positions, n, head_dim,
                                          kv.type, v, count, next, begin, end, out + h * head_dim);
                   });
  });
  for (uint64_t h = 0; h < n_heads; ++h) {
    kernel.divide(out + h * head_dim + begin, end - begin, sums[h]);
  }
}

uint64_t attention_scratch_floats(uint64_t n_heads, uint64_t n_positions) {
  return (n_heads < kMaxAttentionHeads ? n_heads : kMaxAttentionHeads) * n_positions;
}

void attention(const KernelTable& kernel, const KvView& kv, uint64_t n_heads, uint64_t head_dim,
               uint64_t n_positions, float scale, const float* q, float* scratch, float* out) {
  for_each_group(n_heads, [&](uint64_t h, uint64_t n) {
    attention_scores(kernel, kv, n, head_dim, 0, n_positions, scale, q + h * head_dim, scratch,
                     n_positions);
    float sums[kMaxAttentionHeads];
    for (uint64_t i = 0; i < n; ++i) {
      sums[i] = kernel.softmax(scratch + i * n_positions, n_positions);
    }
    attention_mix(kernel, kv, n, head_dim, n_positions, 0, head_dim, scratch, sums,
                  out + h * head_dim);
  });
}

}  // namespace bitnet
