// The kernel table under the names it has in here.
#ifndef BITNET_KERNELS_TABLE_H
#define BITNET_KERNELS_TABLE_H

#include "include/bitnet_kernels.h"

namespace bitnet {

using KernelTable = bn_kernel_table;
using TernaryMatrix = bn_ternary_matrix;
using PackedMatrix = bn_packed_matrix;
using QuantizedRows = bn_quantized_rows;

constexpr uint64_t kMaxAttentionQueries = BN_MAX_ATTENTION_QUERIES;

}  // namespace bitnet

#endif
