#include "ops/pack.h"

#include <string.h>

namespace bitnet {
namespace {

// Columns that are whole blocks of codes and of triples: a row is packed in stretches of so many.
constexpr uint64_t kStretch = 384;
static_assert(kStretch % 128 == 0 && kStretch % BN_PACKED_COLUMNS == 0);

uint64_t block_count(uint64_t cols) { return (cols + BN_PACKED_COLUMNS - 1) / BN_PACKED_COLUMNS; }

// Codes of a stretch of a row, filled up with that of weight 0. False when one is 3.
bool unpack_stretch(const uint8_t* from, uint64_t n_cols, uint8_t (&codes)[kStretch]) {
  memset(codes, 1, sizeof codes);
  uint8_t threes = 0;
  for (uint64_t c = 0; c < n_cols; c += 128, from += 32) {
    for (uint64_t i = 0; i < 32; ++i) {
      const uint8_t byte = from[i];
      codes[c + i] = byte >> 6;
      codes[c + 32 + i] = byte >> 4 & 3;
      codes[c + 64 + i] = byte >> 2 & 3;
      codes[c + 96 + i] = byte & 3;
      threes |= byte & byte >> 1 & 0x55;
    }
  }
  return threes == 0;
}

// Packs the triples of one row of a block; returns how many are negatives.
int32_t pack_block(const uint8_t* codes, uint8_t* to) {
  uint8_t signs = 0, patterns[4] = {};
  int32_t negatives = 0;
  for (int t = 0; t < 8; ++t, codes += 3) {
    const int number = 9 * codes[0] + 3 * codes[1] + codes[2] - 13;
    const bool negative = number < 0;
    signs = static_cast<uint8_t>(signs | negative << (7 - t));
    patterns[t / 2] = static_cast<uint8_t>(patterns[t / 2] |
                                           (negative ? -number : number) << 4 * (t % 2));
    negatives += negative;
  }
  to[0] = signs;
  for (int i = 0; i < 4; ++i) to[(1 + i) * BN_PACKED_ROWS] = patterns[i];
  return negatives;
}

}  // namespace

uint64_t packed_group_count(uint64_t rows) { return (rows + BN_PACKED_ROWS - 1) / BN_PACKED_ROWS; }

uint64_t packed_group_bytes(uint64_t cols) {
  return BN_PACKED_HEADER_BYTES + block_count(cols) * BN_PACKED_BLOCK_BYTES;
}

uint64_t packed_input_bytes(uint64_t cols) { return block_count(cols) * 8 * 32; }

bool pack_group(const TernaryMatrix& matrix, uint64_t group, uint8_t* to) {
  memset(to, 0, packed_group_bytes(matrix.cols));
  const uint64_t begin = group * BN_PACKED_ROWS;
  for (uint64_t r = 0; r < BN_PACKED_ROWS && begin + r < matrix.rows; ++r) {
    const uint8_t* from = matrix.codes + (begin + r) * matrix.cols / 4;
    uint8_t* block = to + BN_PACKED_HEADER_BYTES + r;
    int32_t negatives = 0;
    for (uint64_t c = 0; c < matrix.cols; c += kStretch) {
      const uint64_t n_cols = matrix.cols - c < kStretch ? matrix.cols - c : kStretch;
      uint8_t codes[kStretch];
      if (!unpack_stretch(from + c / 4, n_cols, codes)) return false;
      for (uint64_t b = 0; b < block_count(n_cols); ++b, block += BN_PACKED_BLOCK_BYTES) {
        negatives += pack_block(codes + b * BN_PACKED_COLUMNS, block);
      }
    }
    memcpy(to + r * sizeof negatives, &negatives, sizeof negatives);
  }
  return true;
}

}  // namespace bitnet
