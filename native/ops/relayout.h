// Brings the 2-bit codes of an I2_S tensor into layout BLOCK_128.
#ifndef BITNET_OPS_RELAYOUT_H
#define BITNET_OPS_RELAYOUT_H

#include <stdint.h>

namespace bitnet {

// to[rows * cols / 4] from codes in `layout`, BN_LAYOUT_BLOCK_64 or BN_LAYOUT_ROW_4 (rows % 4 == 0).
// cols % 128 == 0. The buffers do not overlap.
void relayout_to_block_128(uint32_t layout, uint64_t rows, uint64_t cols, const uint8_t* from,
                           uint8_t* to);

}  // namespace bitnet

#endif
