// Scores of attention where a V is several registers: tiles of few queries, and many queries with keys by
// column. What attention_scores.inl takes from here is listed there.
#pragma once

#include "kernels/attention_rows.inl"

namespace {

// ---- of few queries ----

template <typename E>
inline void score_tile(const float* q, uint64_t head_dim, const unsigned char* k, float scale,
                       float* scores, uint64_t stride) {
  const uint64_t row_bytes = head_dim * E::kBlockBytes;
  float out[16];  // [position][query]: one V
  for (uint64_t t = 0; t < 4; t += 2) {
    dot_tile_in_parts<E, 2, 4>(k + t * row_bytes, row_bytes, q, head_dim, head_dim, out + 4 * t);
  }
  BN_UNROLL
  for (uint64_t j = 0; j < 4; ++j) {
    BN_UNROLL
    for (uint64_t t = 0; t < 4; ++t) scores[j * stride + t] = out[4 * t + j] * scale;
  }
}

// ---- of many queries ----

constexpr uint64_t kBlockKeys = 16;  // one to each lane

// to[c * to_stride + r] = from[r * from_stride + c] for four of each.
inline void transpose_four(const float* from, uint64_t from_stride, float* to, uint64_t to_stride) {
  typedef float Four __attribute__((vector_size(16)));
  Four r[4];
  for (uint64_t i = 0; i < 4; ++i) __builtin_memcpy(&r[i], from + i * from_stride, sizeof r[i]);
  const Four a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
  const Four b = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
  const Four c = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
  const Four d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
  const Four columns[4] = {
      __builtin_shufflevector(a, c, 0, 1, 4, 5), __builtin_shufflevector(a, c, 2, 3, 6, 7),
      __builtin_shufflevector(b, d, 0, 1, 4, 5), __builtin_shufflevector(b, d, 2, 3, 6, 7)};
  for (uint64_t i = 0; i < 4; ++i) __builtin_memcpy(to + i * to_stride, &columns[i], sizeof r[i]);
}

// The keys by column: to[i * kBlockKeys + t] is element i of key t.
template <typename Row>
void open_keys(const void* k, uint64_t head_dim, const void* next, float* to) {
  const uint64_t row_bytes = Row::bytes(head_dim);
  prefetch_row(next, 0, kBlockKeys * row_bytes);
  for (uint64_t i = 0; i < head_dim; i += 16) {
    float rows[kBlockKeys * 16];
    for (uint64_t t = 0; t < kBlockKeys; ++t) {
      Row(at(k, t * row_bytes), head_dim).load(i).store(rows + t * 16);
    }
    for (uint64_t t = 0; t < kBlockKeys; t += 4) {
      for (uint64_t c = 0; c < 16; c += 4) {
        transpose_four(rows + t * 16 + c, 16, to + (i + c) * kBlockKeys + t, kBlockKeys);
      }
    }
  }
}

// What elsewhere are lanes are sums one after the other here, and are added in the order in which fold adds
// lanes.
BN_NO_INLINE void block_scores(const float* q, uint64_t head_dim, const float* keys, float scale,
                               float* scores, uint64_t stride) {
  constexpr int H = 4;  // queries, whose sums, one V each, fill the registers
  // Of lanes 8 apart (pair), then 4 apart, then those that are left.
  V pair[H], sums[4][H];
  for (int lane = 0; lane < 4; ++lane) {
    BN_UNROLL
    for (int part = 0; part < 4; ++part) {
      V acc[H];
      BN_UNROLL
      for (int h = 0; h < H; ++h) acc[h] = V::zero();
      for (uint64_t i = lane + part / 2 * 4 + part % 2 * 8; i < head_dim; i += 16) {
        const V key = V::load(keys + i * kBlockKeys);
        BN_UNROLL
        for (int h = 0; h < H; ++h) acc[h] = V::fma(key, V::set1(q[h * head_dim + i]), acc[h]);
      }
      BN_UNROLL
      for (int h = 0; h < H; ++h) {
        if (part % 2 == 0) {
          pair[h] = acc[h];
        } else if (part == 1) {
          sums[lane][h] = V::add(pair[h], acc[h]);
        } else {
          sums[lane][h] = V::add(sums[lane][h], V::add(pair[h], acc[h]));
        }
      }
    }
  }
  for (int h = 0; h < H; ++h) {
    const V all = V::add(V::add(sums[0][h], sums[2][h]), V::add(sums[1][h], sums[3][h]));
    V::mul(all, V::set1(scale)).store(scores + h * stride);
  }
}

}  // namespace
