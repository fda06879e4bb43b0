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

#include "kernels/scaled_products.inl"

namespace {

// Sums of a stream put aside to be scaled together.
constexpr uint64_t kRowsScaled = 64;

// Rows by number. A parameter pack where a loop over an array of sums would do: gcc 12 keeps such an array in
// memory, the sums of a pack in registers.
template <uint64_t... I>
struct Rows {};
using OneRow = Rows<0>;
using RowOfEachStream = Rows<0, 1, 2, 3>;
static_assert(kStreams == 4);

// sums[i * kRowsScaled] = code * q summed over row r + i * apart, for each i of the rows.
template <uint64_t... I>
inline void sum_rows(Rows<I...>, const TernaryMatrix* w, uint64_t r, uint64_t apart, const int8_t* q,
                     int32_t* sums) {
  const uint64_t blocks = w->cols / 128, row_bytes = blocks * 32, stream = apart * row_bytes;
  const uint8_t* block = w->codes + r * row_bytes;
  Sum sum[] = {(static_cast<void>(I), Sum::zero())...};
  for (uint64_t b = 0; b < blocks;) {
    const uint64_t end = blocks - b > kBlocksPerWiden ? b + kBlocksPerWiden : blocks;
    for (; b < end; ++b, block += 32, q += 128) {
      if (kStreamAhead > 0 && b % 2 == 0) (__builtin_prefetch(block + I * stream + kStreamAhead), ...);
      (sum[I].add(Codes::load(block + I * stream), q), ...);
    }
    (sum[I].widen(), ...);
  }
  ((sums[I * kRowsScaled] = sum[I].total()), ...);
}

void one_token(const TernaryMatrix* w, const QuantizedRows* a, uint64_t row_begin,
               uint64_t row_end, float* y) {
  int32_t sums[kStreams * kRowsScaled];
  const uint64_t rows = (row_end - row_begin) / kStreams;  // of a stream
  for (uint64_t r = row_begin, n, end = row_begin + rows; r < end; r += n) {
    n = end - r < kRowsScaled ? end - r : kRowsScaled;
    for (uint64_t i = 0; i < n; ++i) {
      sum_rows(RowOfEachStream(), w, r + i, rows, a->q, sums + i);
    }
    for (uint64_t i = 0; i < kStreams; ++i) {
      scale_products(w, a, 0, sums + i * kRowsScaled, n, y + r + i * rows);
    }
  }
  for (uint64_t r = row_begin + kStreams * rows; r < row_end; ++r) {
    sum_rows(OneRow(), w, r, 0, a->q, sums);
    y[r] = scaled_product(sums[0], w, a, 0);
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
