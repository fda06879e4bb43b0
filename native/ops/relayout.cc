#include "ops/relayout.h"

#include "include/bitnet.h"

namespace bitnet {
namespace {

// The code at bits 7-6 (slot 0), 5-4, 3-2 or 1-0 (slot 3).
uint8_t code_in(uint8_t byte, uint64_t slot) { return (byte >> (6 - 2 * slot)) & 3; }

uint8_t code_block_64(const uint8_t* from, uint64_t element) {
  const uint64_t in_block = element % 64;
  return code_in(from[element / 64 * 16 + in_block % 16], in_block / 16);
}

uint8_t code_row_4(const uint8_t* from, uint64_t cols, uint64_t element) {
  const uint64_t row = element / cols, col = element % cols;
  return code_in(from[row / 4 * cols + col], row % 4);
}

}  // namespace

void relayout_to_block_128(uint32_t layout, uint64_t rows, uint64_t cols, const uint8_t* from,
                           uint8_t* to) {
  const uint64_t n_blocks = rows * cols / 128;
  for (uint64_t i = 0; i < n_blocks; ++i) {
    for (uint64_t p = 0; p < 32; ++p) {
      uint8_t byte = 0;
      for (uint64_t slot = 0; slot < 4; ++slot) {
        const uint64_t element = 128 * i + p + 32 * slot;
        const uint8_t code = layout == BN_LAYOUT_ROW_4 ? code_row_4(from, cols, element)
                                                       : code_block_64(from, element);
        byte = static_cast<uint8_t>(byte << 2 | code);
      }
      to[32 * i + p] = byte;
    }
  }
}

}  // namespace bitnet
