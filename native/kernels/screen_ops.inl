// Integer dot products of the screened head: 8-bit codes with 16-bit inputs (see ARITHMETIC.md, "Screened
// head"). An instruction set's file defines
//   WideSum::zero()
//   WideSum::kElements    elements that one addition takes: divides 128
//   sum.add(codes, x)     adds the products of so many codes and inputs
//   sum.total()           the sum so far, exact
#pragma once

namespace {

// sums[r] of R rows, apart rows from one to the next.
template <uint64_t R>
inline void screen_rows(const int8_t* codes, uint64_t cols, uint64_t apart, const int16_t* x, int32_t* sums) {
  WideSum sum[R];
  BN_UNROLL
  for (uint64_t r = 0; r < R; ++r) sum[r] = WideSum::zero();
  for (uint64_t c = 0; c < cols; c += WideSum::kElements) {
    BN_UNROLL
    for (uint64_t r = 0; r < R; ++r) sum[r].add(codes + r * apart * cols + c, x + c);
  }
  BN_UNROLL
  for (uint64_t r = 0; r < R; ++r) sums[r * apart] = sum[r].total();
}

void screen_kernel(const int8_t* codes, uint64_t cols, uint64_t n_rows, const int16_t* x,
                   int32_t* sums) {
  const uint64_t rows = n_rows / kStreams;  // of a stream
  for (uint64_t r = 0; r < rows; ++r) {
    screen_rows<kStreams>(codes + r * cols, cols, rows, x, sums + r);
  }
  for (uint64_t r = kStreams * rows; r < n_rows; ++r) {
    screen_rows<1>(codes + r * cols, cols, 0, x, sums + r);
  }
}

}  // namespace
