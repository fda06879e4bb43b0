// The output layer: dot products of the rows of a dense matrix, of any element type, with tokens.
#pragma once

#include "kernels/dot_tile.inl"
#include "kernels/float_ops.inl"
#include "kernels/q6_k_head.inl"

namespace {

// ---- one token ----

// out[r] = dot(row r of w, x) for R rows of whole blocks, stride bytes apart, each block opened once.
template <typename E, int R>
inline void dot_rows_in_blocks(const unsigned char* w, uint64_t stride, const float* x, uint64_t n,
                               float* out) {
  V acc[R];
  BN_UNROLL
  for (int r = 0; r < R; ++r) acc[r] = V::zero();
  for (uint64_t i = 0; i < n; i += E::kBlockElements, w += E::kBlockBytes) {
    typename E::Block block[R];
    BN_UNROLL
    for (int r = 0; r < R; ++r) block[r].open(w + r * stride);
    for (uint64_t j = 0; j < E::kBlockElements; j += 16) {
      const V input = V::load(x + i + j);
      BN_UNROLL
      for (int r = 0; r < R; ++r) acc[r] = V::fma(block[r].load(j), input, acc[r]);
    }
  }
  BN_UNROLL
  for (int r = 0; r < R; ++r) out[r] = acc[r].fold();
}

template <typename E, int R>
inline void dot_rows(const unsigned char* w, uint64_t stride, const float* x, uint64_t n, float* out) {
  if constexpr (kInBlocks<E>) {
    dot_rows_in_blocks<E, R>(w, stride, x, n, out);
  } else {
    PlainRow<E> rows[R];
    BN_UNROLL
    for (int r = 0; r < R; ++r) rows[r] = PlainRow<E>(w + r * stride, n);
    dot_tile<PlainRow<E>, R, 1>(rows, x, n, n, out);
  }
}

template <typename E>
void head_of_one(const void* weights, uint64_t cols, uint64_t row_begin, uint64_t row_end,
                 const float* x, float* y) {
  const uint64_t row_bytes = cols / E::kBlockElements * E::kBlockBytes;
  const uint64_t rows = (row_end - row_begin) / kStreams;  // of a stream
  for (uint64_t r = row_begin; r < row_begin + rows; ++r) {
    float out[kStreams];
    dot_rows<E, kStreams>(at(weights, r * row_bytes), rows * row_bytes, x, cols, out);
    for (uint64_t i = 0; i < kStreams; ++i) y[r + i * rows] = out[i];
  }
  for (uint64_t r = row_begin + kStreams * rows; r < row_end; ++r) {
    dot_rows<E, 1>(at(weights, r * row_bytes), row_bytes, x, cols, y + r);
  }
}

// ---- several tokens ----

// A group of rows goes by, some columns at a time, for a group of tokens: the tokens' columns stay in the
// first-level cache, and a tile of registers passes over the rows. Blocks are opened to floats first, once
// for all the tokens.
constexpr uint64_t kGroupColumns = 512;  // whole blocks of every type
constexpr uint64_t kGroupRows = 24, kGroupTokens = 8;
static_assert(kGroupRows % kDotRows == 0 && kGroupTokens % kDotTokens == 0);

// Weights to fetch while computing: a little with every step, because many prefetches at once wait for
// one another.
struct Ahead {
  const unsigned char* next;
  uint64_t step;  // bytes
};

// Adds the products of R rows and T tokens over n columns, a multiple of 16, to their lanes' sums:
// sums[r * kGroupTokens + t][16]. A lane is independent of the others, so one register of each V is
// taken at a time, for a tile of more rows and tokens.
template <typename E, int R, int T>
BN_NO_INLINE void add_products(const unsigned char* w, uint64_t stride, const float* x,
                               uint64_t x_stride, uint64_t n, float* sums, Ahead* ahead) {
  const unsigned char* next = ahead->next;
  const uint64_t step = ahead->step;
  for (uint64_t lane = 0; lane < 16; lane += kPartLanes) {
    Part acc[R][T];
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      BN_UNROLL
      for (int t = 0; t < T; ++t) acc[r][t] = Part::load(sums + (r * kGroupTokens + t) * 16 + lane);
    }
    for (uint64_t i = lane; i < n; i += 16) {
      Part row[R];
      BN_UNROLL
      for (int r = 0; r < R; ++r) row[r] = E::load_part(w + r * stride + i * E::kBlockBytes);
      for (uint64_t line = 0; line < step; line += 64) __builtin_prefetch(next + line, 0, 2);
      next += step;
      BN_UNROLL
      for (int t = 0; t < T; ++t) {
        const Part input = Part::load(x + t * x_stride + i);
        BN_UNROLL
        for (int r = 0; r < R; ++r) acc[r][t] = Part::fma(row[r], input, acc[r][t]);
      }
    }
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      BN_UNROLL
      for (int t = 0; t < T; ++t) acc[r][t].store(sums + (r * kGroupTokens + t) * 16 + lane);
    }
  }
  ahead->next = next;
}

// The same for at most kDotRows rows and all tokens; T is the number of tokens to try.
template <typename E, int T>
inline void add_products_of(const unsigned char* w, uint64_t stride, uint64_t n_rows, const float* x,
                            uint64_t x_stride, uint64_t n_tokens, uint64_t n, float* sums,
                            Ahead* ahead) {
  for (; n_tokens >= T; n_tokens -= T, x += T * x_stride, sums += T * 16) {
    if (n_rows == kDotRows) {
      add_products<E, kDotRows, T>(w, stride, x, x_stride, n, sums, ahead);
    } else {
      for (uint64_t r = 0; r < n_rows; ++r) {
        add_products<E, 1, T>(w + r * stride, stride, x, x_stride, n, sums + r * kGroupTokens * 16,
                              ahead);
      }
    }
  }
  if constexpr (T > 1) {
    add_products_of<E, T - 1>(w, stride, n_rows, x, x_stride, n_tokens, n, sums, ahead);
  }
}

// At most kGroupRows rows and kGroupTokens tokens.
template <typename E>
void head_group(const unsigned char* rows, uint64_t stride, uint64_t n_rows, const float* x,
                uint64_t n_tokens, uint64_t cols, float* y, uint64_t y_stride) {
  alignas(64) float sums[kGroupRows * kGroupTokens * 16] = {};
  const uint64_t whole = cols / 16 * 16;
  Ahead ahead = {rows + kGroupRows * stride, 0};  // the next group's rows
  const uint64_t tiles = (n_tokens + kDotTokens - 1) / kDotTokens;
  for (uint64_t c = 0; c < whole; c += kGroupColumns) {
    const uint64_t n = whole - c < kGroupColumns ? whole - c : kGroupColumns;
    const uint64_t bytes = n / E::kBlockElements * E::kBlockBytes;
    ahead.step = bytes * kDotRows / (tiles * n / kPartLanes);
    for (uint64_t r = 0; r < n_rows; r += kDotRows) {
      const uint64_t n_dot = n_rows - r < kDotRows ? n_rows - r : kDotRows;
      const unsigned char* w = rows + r * stride + c / E::kBlockElements * E::kBlockBytes;
      float* to = sums + r * kGroupTokens * 16;
      if constexpr (kInBlocks<E>) {
        alignas(64) float opened[kDotRows * kGroupColumns];
        for (uint64_t i = 0; i < n_dot; ++i) {
          widen_from<E>(w + i * stride, n, opened + i * kGroupColumns);
        }
        add_products_of<F32, kDotTokens>(at(opened, 0), kGroupColumns * sizeof(float), n_dot, x + c,
                                         cols, n_tokens, n, to, &ahead);
      } else {
        add_products_of<E, kDotTokens>(w, stride, n_dot, x + c, cols, n_tokens, n, to, &ahead);
      }
    }
  }
  for (uint64_t r = 0; r < n_rows; ++r) {
    for (uint64_t t = 0; t < n_tokens; ++t) {
      const V lanes = V::load(sums + (r * kGroupTokens + t) * 16);
      float* out = y + t * y_stride + r;
      if constexpr (kInBlocks<E>) {
        *out = lanes.fold();
      } else {
        const uint64_t rest = cols - whole;
        *out = rest == 0 ? lanes.fold()
                         : fold_with_tail(
                               lanes, load_part_of<E>(rows + r * stride + whole * E::kBlockBytes, rest),
                               load_part(x + t * cols + whole, rest), rest);
      }
    }
  }
}

template <typename E>
void head_of_several(const void* weights, uint64_t cols, uint64_t row_begin, uint64_t row_end,
                     const float* x, uint64_t n_tokens, float* y, uint64_t y_stride) {
  const uint64_t stride = cols / E::kBlockElements * E::kBlockBytes;
  for (uint64_t r = row_begin; r < row_end; r += kGroupRows) {
    const uint64_t n_rows = row_end - r < kGroupRows ? row_end - r : kGroupRows;
    for (uint64_t t = 0; t < n_tokens; t += kGroupTokens) {
      const uint64_t n = n_tokens - t < kGroupTokens ? n_tokens - t : kGroupTokens;
      head_group<E>(at(weights, r * stride), stride, n_rows, x + t * cols, n, cols,
                    y + t * y_stride + r, y_stride);
    }
  }
}

void head_kernel(uint32_t type, const void* weights, uint64_t cols, uint64_t row_begin,
                 uint64_t row_end, const float* x, uint64_t n_tokens, float* y,
                 uint64_t y_stride) {
  with_element_type(type, [=](auto e) {
    using E = decltype(e);
    if constexpr (__is_same(E, Q6_K)) {
      q6_k_head(weights, cols, row_begin, row_end, x, n_tokens, y, y_stride);
    } else if (n_tokens == 1) {
      head_of_one<E>(weights, cols, row_begin, row_end, x, y);
    } else {
      head_of_several<E>(weights, cols, row_begin, row_end, x, n_tokens, y, y_stride);
    }
  });
}

}  // namespace
