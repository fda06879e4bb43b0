// Integer dot products of the screened head: 8-bit codes with 16-bit inputs (see ARITHMETIC.md, "Screened
// head"). An instruction set's file defines
//   WideSum::zero()
//   WideSum::kElements           elements that one addition takes: divides 128
//   WideSum::widened(codes)      so many codes, for add
//   WideSum::inputs(x)           so many inputs, for add
//   sum.add(widened, inputs)     adds their products
//   sum.total()                  the sum so far, exact
#pragma once

namespace {

// With several tokens, the rows and tokens whose sums are taken at a time: codes are widened once for all of
// these tokens, and the sums fit the registers.
constexpr int kScreenRows = 2, kScreenTokens = 4;

// sums[t * sum_stride + r * apart] of R rows, apart rows from one to the next, and T tokens.
template <int R, int T>
inline void screen_tile(const int8_t* codes, uint64_t cols, uint64_t apart, const int16_t* x, int32_t* sums,
                        uint64_t sum_stride) {
  WideSum sum[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) sum[r][t] = WideSum::zero();
  }
  for (uint64_t c = 0; c < cols; c += WideSum::kElements) {
    decltype(WideSum::widened(codes)) row[R];
    BN_UNROLL
    for (int r = 0; r < R; ++r) row[r] = WideSum::widened(codes + r * apart * cols + c);
    BN_UNROLL
    for (int t = 0; t < T; ++t) {
      const auto inputs = WideSum::inputs(x + t * cols + c);
      BN_UNROLL
      for (int r = 0; r < R; ++r) sum[r][t].add(row[r], inputs);
    }
  }
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) sums[t * sum_stride + r * apart] = sum[r][t].total();
  }
}

// All rows and T tokens, R rows at a time, each of them the next of a stream (kernels/build.h).
template <int R, int T>
inline void screen_rows(const int8_t* codes, uint64_t cols, uint64_t n_rows, const int16_t* x, int32_t* sums,
                        uint64_t sum_stride) {
  const uint64_t rows = n_rows / R;  // of a stream
  for (uint64_t r = 0; r < rows; ++r) {
    screen_tile<R, T>(codes + r * cols, cols, rows, x, sums + r, sum_stride);
  }
  for (uint64_t r = R * rows; r < n_rows; ++r) {
    screen_tile<1, T>(codes + r * cols, cols, 0, x, sums + r, sum_stride);
  }
}

// T is the number of tokens to try.
template <int T>
inline void screen_tokens(const int8_t* codes, uint64_t cols, uint64_t n_rows, const int16_t* x,
                          uint64_t n_tokens, int32_t* sums, uint64_t sum_stride) {
  for (; n_tokens >= T; n_tokens -= T, x += T * cols, sums += T * sum_stride) {
    screen_rows<kScreenRows, T>(codes, cols, n_rows, x, sums, sum_stride);
  }
  if constexpr (T > 1) screen_tokens<T - 1>(codes, cols, n_rows, x, n_tokens, sums, sum_stride);
}

void screen_kernel(const int8_t* codes, uint64_t cols, uint64_t n_rows, const int16_t* x,
                   uint64_t n_tokens, int32_t* sums, uint64_t sum_stride) {
  if (n_tokens == 1) {
    screen_rows<kStreams, 1>(codes, cols, n_rows, x, sums, sum_stride);
  } else {
    screen_tokens<kScreenTokens>(codes, cols, n_rows, x, n_tokens, sums, sum_stride);
  }
}

}  // namespace
