// The head of type Q6_K, whose products are integers (see ARITHMETIC.md, "Head of type Q6_K"). An
// instruction set's file defines a block of 256 weights opened:
//   block.open(p)       its 210 bytes at p
//   block.d             its scale
//   block.dot(q, sums)  the sum of s[i / 16] * (u[i] - 32) * q[i], added exactly, then rounded, from 256
//                       inputs q and the sums of every 16 of them
//   sums_of_16(q, sums) those sums, of 256 inputs
// and, where four tokens together are faster than one by one,
//   block.add_four_dots(q, q_stride, sums, sum_stride, scales, y)   y[t] = fma(dot, d * scales[t], y[t])
#pragma once

#include "kernels/float_ops.inl"

namespace {

// Tokens and columns taken at a time, so that their integers stay in the first-level cache.
constexpr uint64_t kQ6Tokens = 8, kQ6Columns = 2560;

struct Q6Input {
  alignas(64) int8_t q[kQ6Tokens][kQ6Columns];
  alignas(64) int16_t sums[kQ6Tokens][kQ6Columns / 16];
  float scale[kQ6Columns / 256][kQ6Tokens];

  void set(uint64_t t, const float* x, uint64_t cols) {
    for (uint64_t c = 0; c < cols; c += 256) {
      float s;
      int32_t sum;
      quantize_kernel(x + c, 256, &q[t][c], &s, &sum);
      scale[c / 256][t] = 1 / s;
      sums_of_16(&q[t][c], &sums[t][c / 16]);
    }
  }
};

// Adds block b's products with T tokens to sums[T].
template <uint64_t T, typename Block>
inline void add_dots(const Block& block, const Q6Input& input, uint64_t b, float* sums) {
  uint64_t t = 0;
  if constexpr (requires { &Block::add_four_dots; }) {
    BN_UNROLL
    for (; t + 4 <= T; t += 4) {
      block.add_four_dots(&input.q[t][256 * b], kQ6Columns, &input.sums[t][16 * b], kQ6Columns / 16,
                          &input.scale[b][t], sums + t);
    }
  }
  BN_UNROLL
  for (; t < T; ++t) {
    const float dot = block.dot(&input.q[t][256 * b], &input.sums[t][16 * b]);
    sums[t] = fma32(dot, block.d * input.scale[b][t], sums[t]);
  }
}

// Some columns of rows with T tokens; y holds the sums of those before, unless they are the first.
template <uint64_t T>
BN_NO_INLINE void q6_k_rows(const unsigned char* w, uint64_t stride, uint64_t n_rows, uint64_t n_blocks,
                            const Q6Input& input, bool first, float* y, uint64_t y_stride) {
  for (uint64_t r = 0; r < n_rows; ++r, ++y) {
    float sums[T];
    BN_UNROLL
    for (uint64_t t = 0; t < T; ++t) sums[t] = first ? 0 : y[t * y_stride];
    const unsigned char* p = w + r * stride;
    for (uint64_t b = 0; b < n_blocks; ++b, p += Q6_K::kBlockBytes) {
      for (uint64_t i = 0; i < Q6_K::kBlockBytes; i += 64) __builtin_prefetch(p + stride + i);
      Q6Block block;
      block.open(p);
      add_dots<T>(block, input, b, sums);
    }
    BN_UNROLL
    for (uint64_t t = 0; t < T; ++t) y[t * y_stride] = sums[t];
  }
}

// T is the number of tokens to try.
template <uint64_t T>
void q6_k_rows_of(const unsigned char* w, uint64_t stride, uint64_t n_rows, uint64_t n_blocks,
                  const Q6Input& input, uint64_t n_tokens, bool first, float* y,
                  uint64_t y_stride) {
  if (n_tokens == T) return q6_k_rows<T>(w, stride, n_rows, n_blocks, input, first, y, y_stride);
  if constexpr (T > 1) {
    q6_k_rows_of<T - 1>(w, stride, n_rows, n_blocks, input, n_tokens, first, y, y_stride);
  }
}

void q6_k_head(const void* weights, uint64_t cols, uint64_t row_begin, uint64_t row_end,
               const float* x, uint64_t n_tokens, float* y, uint64_t y_stride) {
  const uint64_t stride = cols / 256 * Q6_K::kBlockBytes;
  for (uint64_t from = 0; from < n_tokens; from += kQ6Tokens) {
    const uint64_t n = n_tokens - from < kQ6Tokens ? n_tokens - from : kQ6Tokens;
    for (uint64_t c = 0; c < cols; c += kQ6Columns) {
      const uint64_t n_cols = cols - c < kQ6Columns ? cols - c : kQ6Columns;
      Q6Input input;
      for (uint64_t t = 0; t < n; ++t) input.set(t, x + (from + t) * cols + c, n_cols);
      q6_k_rows_of<kQ6Tokens>(at(weights, row_begin * stride + c / 256 * Q6_K::kBlockBytes), stride,
                              row_end - row_begin, n_cols / 256, input, n, c == 0,
                              y + from * y_stride + row_begin, y_stride);
    }
  }
}

}  // namespace
