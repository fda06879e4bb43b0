// The ternary product, written once over what an instruction set's file defines.
//
// For one token, whose weights are read once and at the speed of memory:
//   Codes::load(p)       unpacks one block: 32 bytes, 128 codes 0..3
//   Sum::zero()
//   sum.add(codes, q)    adds the products of 128 codes with q[128]
//   sum.widen()          called after every kBlocksPerWiden blocks and at the end
//   sum.total()          the sum of code * q so far, exact
//
// For several tokens, from panel_tokens.inl or a file of its own:
//   several_tokens(w, a, row_begin, row_end, y, y_stride, scratch)
//   kScratchBytes, kPanelRows   as in KernelTable
//   V::from_int(x, d)           a V of x[i] + d, converted
//
// And the speed limit: multiply_adds_kernel (see KernelTable::multiply_adds).

#include <stddef.h>

#include <utility>

#include "kernels/scaled_products.inl"

namespace {

// Rows computed together share the loads of activations and the cost of a loop's end; without that
// one thread is held up by arithmetic (measured on Zen 3: 16.7 GB/s from the caches, 25 with it). But four
// rows read side by side are four streams, which memory delivers at 10 GB/s where one stream gives 17. So
// the weights are fetched as one stream, in the order of their addresses, this many groups of rows
// ahead, and computed with from the caches: 16 GB/s. The addresses may lie past the weights: a
// prefetch never faults.
constexpr uint64_t kRowsTogether = 4, kGroupsAhead = 2;

// Sums put aside to be scaled together.
constexpr uint64_t kRowsScaled = 64;

// sums[i] = code * q summed over row r + i, for one row or kRowsTogether. A parameter pack where a loop over
// an array of sums would do: gcc 12 keeps such an array in memory, and these sums in registers.
template <size_t... I>
inline void sum_rows(std::index_sequence<I...>, const TernaryMatrix* w, uint64_t r, const int8_t* q,
                     int32_t* sums) {
  constexpr uint64_t kRows = sizeof...(I);
  const uint64_t blocks = w->cols / 128, row_bytes = blocks * 32;
  const uint8_t* block = w->codes + r * row_bytes;
  const uint8_t* ahead = block + kGroupsAhead * kRows * row_bytes;
  Sum sum[] = {(static_cast<void>(I), Sum::zero())...};
  for (uint64_t b = 0; b < blocks;) {
    const uint64_t end = blocks - b > kBlocksPerWiden ? b + kBlocksPerWiden : blocks;
    for (; b < end; ++b, block += 32, q += 128, ahead += kRows * 32) {
      ((I % 2 == 0 ? __builtin_prefetch(ahead + I * 32) : void(),
        sum[I].add(Codes::load(block + I * row_bytes), q)), ...);
    }
    (sum[I].widen(), ...);
  }
  ((sums[I] = sum[I].total()), ...);
}

void one_token(const TernaryMatrix* w, const QuantizedRows* a, uint64_t row_begin,
               uint64_t row_end, float* y) {
  int32_t sums[kRowsScaled];
  for (uint64_t r = row_begin, n; r < row_end; r += n) {
    n = row_end - r < kRowsScaled ? row_end - r : kRowsScaled;
    uint64_t i = 0;
    for (; i + kRowsTogether <= n; i += kRowsTogether) {
      sum_rows(std::make_index_sequence<kRowsTogether>(), w, r + i, a->q, sums + i);
    }
    for (; i < n; ++i) sum_rows(std::make_index_sequence<1>(), w, r + i, a->q, sums + i);
    scale_products(w, a, 0, sums, n, y + r);
  }
}

void ternary_matmul_kernel(const TernaryMatrix* w, const QuantizedRows* a, uint64_t row_begin,
                           uint64_t row_end, float* y, uint64_t y_stride, void* scratch) {
  if (a->n_tokens == 1) {
    one_token(w, a, row_begin, row_end, y);
  } else {
    several_tokens(w, a, row_begin, row_end, y, y_stride, scratch);
  }
}

}  // namespace
