#include "ops/attention.h"

#include <string.h>

namespace bitnet {
namespace {

// Heads computed together: they read each key and value once.
uint64_t heads_together(uint64_t n_heads) {
  return n_heads < kMaxAttentionHeads ? n_heads : kMaxAttentionHeads;
}

// Calls f(store block, first position, positions) for each block that holds positions.
template <typename F>
void for_each_block(const KvView& kv, uint64_t n_positions, F&& f) {
  for (uint64_t t = 0, b = 0; t < n_positions; t += kv.block_tokens, ++b) {
    const uint64_t left = n_positions - t;
    const uint64_t block = kv.blocks == nullptr ? b : static_cast<uint64_t>(kv.blocks[b]);
    f(block, t, left < kv.block_tokens ? left : kv.block_tokens);
  }
}

}  // namespace

uint64_t attention_scratch_floats(uint64_t n_heads, uint64_t n_positions) {
  return heads_together(n_heads) * n_positions;
}

void attention(const KernelTable& kernel, const KvView& kv, uint64_t n_heads, uint64_t head_dim,
               uint64_t n_positions, float scale, const float* q, float* scratch, float* out) {
  const uint64_t step = heads_together(n_heads);
  for (uint64_t h = 0; h < n_heads; h += step) {
    const uint64_t n = n_heads - h < step ? n_heads - h : step;
    const float* query = q + h * head_dim;
    float* acc = out + h * head_dim;

    for_each_block(kv, n_positions, [&](uint64_t block, uint64_t t, uint64_t count) {
      kernel.attention_scores(query, n, head_dim, kv.type, kv.keys + block * kv.block_bytes, count,
                              scale, scratch + t, n_positions);
    });

    float sums[kMaxAttentionHeads];
    for (uint64_t i = 0; i < n; ++i) sums[i] = kernel.softmax(scratch + i * n_positions, n_positions);

    memset(acc, 0, n * head_dim * sizeof(float));
    for_each_block(kv, n_positions, [&](uint64_t block, uint64_t t, uint64_t count) {
      kernel.attention_mix(scratch + t, n_positions, n, head_dim, kv.type,
                           kv.values + block * kv.block_bytes, count, acc);
    });
    for (uint64_t i = 0; i < n; ++i) kernel.divide(acc + i * head_dim, head_dim, sums[i]);
  }
}

}  // namespace bitnet
