#include "ops/dense.h"

#include "include/bitnet.h"

namespace bitnet {
namespace {

uint64_t in_blocks(uint64_t cols, uint64_t elements, uint64_t bytes) {
  return cols % elements == 0 ? cols / elements * bytes : 0;
}

}  // namespace

uint64_t dense_row_bytes(uint32_t type, uint64_t cols) {
  switch (type) {
    case BN_TYPE_F32: return in_blocks(cols, 1, 4);
    case BN_TYPE_F16:
    case BN_TYPE_BF16: return in_blocks(cols, 1, 2);
    case BN_TYPE_Q8_0: return in_blocks(cols, 32, 34);
    case BN_TYPE_Q6_K: return in_blocks(cols, 256, 210);
    case BN_TYPE_Q4_0: return in_blocks(cols, 32, 18);
    default: return 0;
  }
}

}  // namespace bitnet
