// Scores of attention where a V is one register: in tiles of 4 queries and 4 keys, whose 16 sums are folded into
// one register. What attention_scores.inl takes from here is listed there.
#pragma once

#include "kernels/attention_rows.inl"

namespace {

// ---- four sums for each of four keys ----

// Lanes added in the order of V::fold, for many sums at once: of two choices of a's and b's quarters, and of two
// choices of lanes in every quarter.
template <int First, int Second>
inline __m512 add_quarters(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, First), _mm512_shuffle_f32x4(a, b, Second));
}
template <int First, int Second>
inline __m512 add_in_quarters(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_shuffle_ps(a, b, First), _mm512_shuffle_ps(a, b, Second));
}

// Quarter j has the sums of p[0..3][j].
inline __m512 folded(const V (&p)[4][4]) {
  __m512 key[4];
  BN_UNROLL
  for (int t = 0; t < 4; ++t) {
    const __m512 a = add_quarters<0x44, 0xee>(p[t][0].v, p[t][1].v);  // w = 8
    const __m512 b = add_quarters<0x44, 0xee>(p[t][2].v, p[t][3].v);
    key[t] = add_quarters<0x88, 0xdd>(a, b);  // w = 4: four lanes of each query
  }
  const __m512 a = add_in_quarters<0x44, 0xee>(key[0], key[1]);  // w = 2
  const __m512 b = add_in_quarters<0x44, 0xee>(key[2], key[3]);
  return add_in_quarters<0x88, 0xdd>(a, b);  // w = 1
}

template <typename E>
BN_NO_INLINE void score_tile(const float* q, uint64_t head_dim, const unsigned char* k, float scale,
                             float* scores, uint64_t stride) {
  const uint64_t row_bytes = head_dim * E::kBlockBytes;
  V acc[4][4];
  BN_UNROLL
  for (int t = 0; t < 4; ++t) {
    BN_UNROLL
    for (int j = 0; j < 4; ++j) acc[t][j] = V::zero();
  }
  for (uint64_t i = 0; i < head_dim; i += 16) {
    V key[4];
    BN_UNROLL
    for (int t = 0; t < 4; ++t) key[t] = E::load(k + t * row_bytes + i * E::kBlockBytes);
    BN_UNROLL
    for (int j = 0; j < 4; ++j) {
      const V element = V::load(q + j * head_dim + i);
      BN_UNROLL
      for (int t = 0; t < 4; ++t) acc[t][j] = V::fma(key[t], element, acc[t][j]);
    }
  }
  const __m512 all = _mm512_mul_ps(folded(acc), _mm512_set1_ps(scale));
  _mm_storeu_ps(scores, _mm512_castps512_ps128(all));
  _mm_storeu_ps(scores + stride, _mm512_extractf32x4_ps(all, 1));
  _mm_storeu_ps(scores + 2 * stride, _mm512_extractf32x4_ps(all, 2));
  _mm_storeu_ps(scores + 3 * stride, _mm512_extractf32x4_ps(all, 3));
}

// ---- of many queries ----

constexpr uint64_t kBlockKeys = kOpenRows;

template <typename Row>
void open_keys(const void* k, uint64_t head_dim, const void* next, float* to) {
  open_rows<Row>(k, kBlockKeys, head_dim, 0, head_dim, next, to);
}

void block_scores(const float* q, uint64_t head_dim, const float* keys, float scale, float* scores,
                  uint64_t stride) {
  for (uint64_t t = 0; t < kBlockKeys; t += 4) {
    score_tile<F32>(q, head_dim, at(keys, t * head_dim * sizeof(float)), scale, scores + t, stride);
  }
}

}  // namespace
