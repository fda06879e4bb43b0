#include "ops/attention.h"

#include <string.h>

#include <algorithm>

#include "ops/kv_row.h"

namespace bitnet {
namespace {

// Scores of a tile: half of a small second-level cache.
constexpr uint64_t kTileScores = uint64_t{1} << 16;

// Calls f(rows, first position, positions, the next call's rows) for each block that holds some of these
// positions; rows is kv.keys or kv.values. The last call is its own next.
template <typename F>
void for_each_block(const KvView& kv, const uint8_t* rows, uint64_t row_bytes, Range positions,
                    const F& f) {
  const auto at = [&](uint64_t t) {
    const uint64_t b = t / kv.block_tokens;
    const uint64_t block = kv.blocks == nullptr ? b : static_cast<uint64_t>(kv.blocks[b]);
    return rows + block * kv.block_bytes + t % kv.block_tokens * row_bytes;
  };
  for (uint64_t t = positions.begin; t < positions.end;) {
    const uint64_t end = std::min(positions.end, (t / kv.block_tokens + 1) * kv.block_tokens);
    f(at(t), t, end - t, at(end < positions.end ? end : t));
    t = end;
  }
}

// The attention of heads first..first+n of a tile.
void attend(const KernelTable& kernel, const KvView& kv, const AttentionTile& tile, uint64_t first,
            uint64_t n, float scale, const float* q, float* scratch, float* out) {
  const uint64_t n_tokens = tile.n_tokens, d = tile.head_dim, n_queries = n_tokens * n;
  const auto seen = [&](uint64_t i) { return static_cast<uint64_t>(tile.positions[i]) + 1; };
  uint64_t shared = seen(0), longest = shared;
  for (uint64_t i = 1; i < n_tokens; ++i) {
    shared = std::min(shared, seen(i));
    longest = std::max(longest, seen(i));
  }
  const uint64_t stride = attention_score_stride(longest);
  float *scores = scratch, *queries = scores + n_queries * stride, *acc = queries + n_queries * d;
  for (uint64_t i = 0; i < n_tokens; ++i) {
    memcpy(queries + i * n * d, q + i * tile.stride + first * d, n * d * sizeof(float));
  }

  // What all tokens see, then what only some do.
  attention_scores(kernel, kv, n_queries, d, {0, shared}, scale, queries, scores, stride);
  for (uint64_t i = 0; i < n_tokens; ++i) {
    attention_scores(kernel, kv, n, d, {shared, seen(i)}, scale, queries + i * n * d,
                     scores + i * n * stride, stride);
  }
  float sums[kMaxAttentionQueries];
  for (uint64_t j = 0; j < n_queries; ++j) {
    sums[j] = kernel.softmax(scores + j * stride, seen(j / n));
  }
  memset(acc, 0, n_queries * d * sizeof(float));
  attention_mix(kernel, kv, n_queries, d, {0, shared}, {0, d}, scores, stride, acc);
  for (uint64_t i = 0; i < n_tokens; ++i) {
    attention_mix(kernel, kv, n, d, {shared, seen(i)}, {0, d}, scores + i * n * stride, stride,
                  acc + i * n * d);
  }
  for (uint64_t j = 0; j < n_queries; ++j) kernel.divide(acc + j * d, d, sums[j]);

  for (uint64_t i = 0; i < n_tokens; ++i) {
    memcpy(out + i * tile.stride + first * d, acc + i * n * d, n * d * sizeof(float));
  }
}

}  // namespace

uint64_t attention_score_stride(uint64_t n_positions) {
  return ((n_positions + 15) / 16 | 1) * 16;
}

uint64_t attention_tile_tokens(uint64_t n_heads, uint64_t n_positions) {
  const uint64_t most_rows =
      std::min(kMaxAttentionQueries, kTileScores / attention_score_stride(n_positions));
  return std::max(most_rows / n_heads, uint64_t{1});
}

uint64_t attention_scratch_floats(uint64_t n_heads, uint64_t head_dim, uint64_t n_positions) {
  const uint64_t stride = attention_score_stride(n_positions);
  const uint64_t scores = std::max(std::min(n_heads, kMaxAttentionQueries) * stride,
                                   std::min(kMaxAttentionQueries * stride, kTileScores));
  return scores + 2 * kMaxAttentionQueries * head_dim;
}

void attention_scores(const KernelTable& kernel, const KvView& kv, uint64_t n_queries,
                      uint64_t head_dim, Range positions, float scale, const float* q,
                      float* scores, uint64_t stride) {
  for_each_block(kv, kv.keys, kv_row_bytes(kv.type, head_dim), positions,
                 [&](const uint8_t* k, uint64_t t, uint64_t count, const uint8_t* next) {
                   kernel.attention_scores(q, n_queries, head_dim, kv.type, k, count, next, scale,
                                           scores + t, stride);
                 });
}

void attention_mix(const KernelTable& kernel, const KvView& kv, uint64_t n_queries,
                   uint64_t head_dim, Range positions, Range columns, const float* e,
                   uint64_t stride, float* acc) {
  for_each_block(kv, kv.values, kv_row_bytes(kv.type, head_dim), positions,
                 [&](const uint8_t* v, uint64_t t, uint64_t count, const uint8_t* next) {
                   kernel.attention_mix(e + t, stride, n_queries, head_dim, kv.type, v, count, next,
                                        columns.begin, columns.end, acc);
                 });
}

void attention(const KernelTable& kernel, const KvView& kv, const AttentionTile& tile, float scale,
               const float* q, float* scratch, float* out) {
  const uint64_t n_heads = tile.n_heads;
  for (uint64_t h = 0; h < n_heads; h += kMaxAttentionQueries) {
    attend(kernel, kv, tile, h, std::min(kMaxAttentionQueries, n_heads - h), scale, q, scratch, out);
  }
}

}  // namespace bitnet
