// How one KV head's key or value of one position lies in memory.
#ifndef BITNET_OPS_KV_ROW_H
#define BITNET_OPS_KV_ROW_H

#include "kernels/table.h"

namespace bitnet {

// Bytes of a row of head_dim elements (at most 2^48); 0 when the type is none of F16, F32 and Q8_0.
uint64_t kv_row_bytes(uint32_t type, uint64_t head_dim);

// Stores x[head_dim], rounded as native/ARITHMETIC.md, "KV cache", has it.
void kv_store_row(const KernelTable& kernel, uint32_t type, const float* x, uint64_t head_dim,
                  uint8_t* row);

}  // namespace bitnet

#endif
