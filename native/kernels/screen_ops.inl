// Integer dot products of the screened head: 8-bit codes with 16-bit inputs (see ARITHMETIC.md, "Screened
// head"). An instruction set's file defines
//   WideSum::zero()
//   WideSum::kElements    elements that one addition takes: divides 128
//   sum.add(codes, x)     adds the products of so many codes and inputs
//   sum.total()           the sum so far, exact
#pragma once

namespace {

// As for the ternary product of one token: rows computed together share the loads of x, and their codes
// are fetched as one stream, groups of rows ahead.
constexpr uint64_t kScreenRows = 4, kScreenGroupsAhead = 1;

template <uint64_t R>
inline void screen_rows(const int8_t* codes, uint64_t cols, const int16_t* x, int32_t* sums) {
  constexpr uint64_t kStep = WideSum::kElements < 64 ? 64 : WideSum::kElements;
  const int8_t* ahead = codes + kScreenGroupsAhead * R * cols;
  WideSum sum[R];
  BN_UNROLL
  for (uint64_t r = 0; r < R; ++r) sum[r] = WideSum::zero();
  for (uint64_t c = 0; c < cols; c += kStep, ahead += R * kStep) {
    BN_UNROLL
    for (uint64_t r = 0; r < R; ++r) __builtin_prefetch(ahead + r * kStep);
    BN_UNROLL
    for (uint64_t i = 0; i < kStep; i += WideSum::kElements) {
      BN_UNROLL
      for (uint64_t r = 0; r < R; ++r) sum[r].add(codes + r * cols + c + i, x + c + i);
    }
  }
  BN_UNROLL
  for (uint64_t r = 0; r < R; ++r) sums[r] = sum[r].total();
}

void screen_kernel(const int8_t* codes, uint64_t cols, uint64_t n_rows, const int16_t* x,
                   int32_t* sums) {
  uint64_t r = 0;
  for (; r + kScreenRows <= n_rows; r += kScreenRows) {
    screen_rows<kScreenRows>(codes + r * cols, cols, x, sums + r);
  }
  for (; r < n_rows; ++r) screen_rows<1>(codes + r * cols, cols, x, sums + r);
}

}  // namespace
