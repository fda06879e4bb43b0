// Ternary weights packed in triples (see bn_packed_matrix).
#ifndef BITNET_OPS_PACK_H
#define BITNET_OPS_PACK_H

#include "kernels/table.h"

namespace bitnet {

uint64_t packed_group_count(uint64_t rows);

// Bytes of one group of a matrix so wide.
uint64_t packed_group_bytes(uint64_t cols);

// Bytes of KernelTable::packed_inputs for so many columns.
uint64_t packed_input_bytes(uint64_t cols);

// Packs one group of a matrix to packed_group_bytes(cols) bytes. False, with those undefined, when a code
// is 3, which is no ternary weight.
bool pack_group(const TernaryMatrix& matrix, uint64_t group, uint8_t* to);

}  // namespace bitnet

#endif
