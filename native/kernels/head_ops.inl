// The output layer: dot products of the rows of a dense matrix, of any element type, with tokens.
#pragma once

#include "kernels/dot_tile.inl"

namespace {

// dot_tile for rows of whole blocks, w_stride_bytes apart, each block opened once.
template <typename E, int R, int T>
inline void dot_tile_in_blocks(const unsigned char* w, uint64_t w_stride_bytes, const float* x,
                               uint64_t x_stride, uint64_t n, float* out) {
  V acc[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) acc[r][t] = V::zero();
  }
  for (uint64_t i = 0; i < n; i += E::kBlockElements, w += E::kBlockBytes) {
    typename E::Block block[R];
    BN_UNROLL
    for (int r = 0; r < R; ++r) block[r].open(w + r * w_stride_bytes);
    for (uint64_t j = 0; j < E::kBlockElements; j += 16) {
      BN_UNROLL
      for (int r = 0; r < R; ++r) {
        const V row = block[r].load(j);
        BN_UNROLL
        for (int t = 0; t < T; ++t) {
          acc[r][t] = V::fma(row, V::load(x + t * x_stride + i + j), acc[r][t]);
        }
      }
    }
  }
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) out[r * T + t] = acc[r][t].fold();
  }
}

template <typename E, int R, int T>
inline void head_tile(const unsigned char* w, uint64_t w_stride_bytes, const float* x,
                      uint64_t cols, float* out) {
  if constexpr (kInBlocks<E>) {
    dot_tile_in_blocks<E, R, T>(w, w_stride_bytes, x, cols, cols, out);
  } else {
    PlainRow<E> rows[R];
    BN_UNROLL
    for (int r = 0; r < R; ++r) rows[r] = PlainRow<E>(w + r * w_stride_bytes, cols);
    dot_tile<PlainRow<E>, R, T>(rows, x, cols, cols, out);
  }
}

// Rows row_begin..row_end for T tokens, R rows at a time.
template <typename E, int R, int T>
inline void head_rows(const void* weights, uint64_t cols, uint64_t row_begin, uint64_t row_end,
                      const float* x, float* y, uint64_t y_stride) {
  const uint64_t stride = cols / E::kBlockElements * E::kBlockBytes;
  float out[R * T];
  uint64_t r = row_begin;
  for (; r + R <= row_end; r += R) {
    head_tile<E, R, T>(at(weights, r * stride), stride, x, cols, out);
    for (int i = 0; i < R; ++i) {
      for (int t = 0; t < T; ++t) y[t * y_stride + r + i] = out[i * T + t];
    }
  }
  for (; r < row_end; ++r) {
    head_tile<E, 1, T>(at(weights, r * stride), stride, x, cols, out);
    for (int t = 0; t < T; ++t) y[t * y_stride + r] = out[t];
  }
}

// Two tokens and three rows at a time: the tokens' inputs stay in the first-level cache while the rows
// pass by, which those of four (40 KB at a width of 2560) do not, and 12 sums fit AVX2's registers.
template <typename E>
void head_of(const void* weights, uint64_t cols, uint64_t row_begin, uint64_t row_end,
             const float* x, uint64_t n_tokens, float* y, uint64_t y_stride) {
  uint64_t t = 0;
  for (; t + 2 <= n_tokens; t += 2) {
    head_rows<E, 3, 2>(weights, cols, row_begin, row_end, x + t * cols, y + t * y_stride, y_stride);
  }
  if (t < n_tokens) {
    head_rows<E, 4, 1>(weights, cols, row_begin, row_end, x + t * cols, y + t * y_stride, y_stride);
  }
}

void head_kernel(uint32_t type, const void* weights, uint64_t cols, uint64_t row_begin,
                 uint64_t row_end, const float* x, uint64_t n_tokens, float* y,
                 uint64_t y_stride) {
  with_element_type(type, [=](auto e) {
    head_of<decltype(e)>(weights, cols, row_begin, row_end, x, n_tokens, y, y_stride);
  });
}

}  // namespace
