// The ternary product of one token with weights packed in triples (see bn_packed_matrix), which reads 5
// bytes where 2-bit codes take 6. A triple's product with any input is one of 14 numbers or the negative
// of one, and those 14 are looked up. An instruction set's file defines
//   triple_parts(x0, x1, x2, parts)          the 32 bytes of KernelTable::packed_inputs for one triple
//   packed_sums(blocks, n_blocks, inputs, sums)   sums[64] of a group's n_blocks blocks, where a negative of
//                                            a product v counts as -v - kNegativeExcess
//
// Why two parts. The products take 10 bits, and the instructions that look up 16 numbers at a time give
// bytes. Parts to the base 29 stay within 14 either way, so those of the eight triples of a block can be
// added up as bytes before they are put together: 8 * (14 + 1) = 120.
//
// Why the excess. A part is made negative by flipping its bits, which gives -part - 1: 1 too little in the
// low part and 1 in the high part. The number of negatives in each row, known beforehand, puts it right.
#pragma once

#include "kernels/packed_patterns.inl"

using namespace bitnet;

namespace {

void packed_inputs_kernel(const int8_t* q, uint64_t cols, int8_t* inputs) {
  uint64_t c = 0;
  for (; c + 3 <= cols; c += 3, inputs += 32) triple_parts(q[c], q[c + 1], q[c + 2], inputs);
  const uint64_t end = (cols + BN_PACKED_COLUMNS - 1) / BN_PACKED_COLUMNS * BN_PACKED_COLUMNS;
  const auto input = [q, cols](uint64_t i) { return i < cols ? q[i] : int8_t{0}; };
  for (; c < end; c += 3, inputs += 32) triple_parts(input(c), input(c + 1), input(c + 2), inputs);
}

void packed_product_kernel(const PackedMatrix* w, const int8_t* inputs, float input_scale,
                           uint64_t group_begin, uint64_t group_end, float* y) {
  const uint64_t n_blocks = (w->cols + BN_PACKED_COLUMNS - 1) / BN_PACKED_COLUMNS;
  const uint64_t group_bytes = BN_PACKED_HEADER_BYTES + n_blocks * BN_PACKED_BLOCK_BYTES;
  const V scale = V::set1(input_scale), weight = V::set1(w->scale);
  for (uint64_t group = group_begin; group < group_end; ++group) {
    const uint8_t* p = w->data + group * group_bytes;
    int32_t sums[BN_PACKED_ROWS], negatives[BN_PACKED_ROWS];
    float products[BN_PACKED_ROWS];
    packed_sums(p + BN_PACKED_HEADER_BYTES, n_blocks, inputs, sums);
    __builtin_memcpy(negatives, p, sizeof negatives);
    for (int r = 0; r < BN_PACKED_ROWS; ++r) sums[r] += kNegativeExcess * negatives[r];
    for (int r = 0; r < BN_PACKED_ROWS; r += 16) {
      V::mul(V::div(V::from_int(sums + r, 0), scale), weight).store(products + r);
    }
    const uint64_t row = group * BN_PACKED_ROWS, whole = sizeof products / sizeof(float);
    const uint64_t n_rows = w->rows - row < whole ? w->rows - row : whole;
    __builtin_memcpy(y + row, products, n_rows * sizeof(float));
  }
}

}  // namespace
