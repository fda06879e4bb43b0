// Sizes of the element types that embeddings and heads are stored in.
#ifndef BITNET_OPS_DENSE_H
#define BITNET_OPS_DENSE_H

#include <stdint.h>

namespace bitnet {

// Bytes of a row of `cols` elements; 0 when the type is none of F32, F16, BF16, Q8_0, Q6_K and Q4_0,
// or cols (at most 2^40) is no multiple of its block.
uint64_t dense_row_bytes(uint32_t type, uint64_t cols);

}  // namespace bitnet

#endif
