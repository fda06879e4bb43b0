#include "ops/kv_row.h"

#include <string.h>

#include "include/bitnet.h"
#include "ops/q8_0.h"

namespace bitnet {
namespace {

uint64_t scale_bytes(uint64_t head_dim) { return (head_dim + kQ80Elements - 1) / kQ80Elements * 2; }

}  // namespace

uint64_t kv_row_bytes(uint32_t type, uint64_t head_dim) {
  switch (type) {
    case BN_TYPE_F16: return head_dim * 2;
    case BN_TYPE_F32: return head_dim * 4;
    case BN_TYPE_Q8_0: return scale_bytes(head_dim) + head_dim;
    default: return 0;
  }
}

void kv_store_row(const KernelTable& kernel, uint32_t type, const float* x, uint64_t head_dim,
                  uint8_t* row) {
  if (type == BN_TYPE_F32) {
    memcpy(row, x, head_dim * sizeof(float));
  } else if (type == BN_TYPE_F16) {
    kernel.narrow_f16(x, head_dim, reinterpret_cast<uint16_t*>(row));
  } else {
    int8_t* q = reinterpret_cast<int8_t*>(row + scale_bytes(head_dim));
    for (uint64_t i = 0; i < head_dim; i += kQ80Elements) {
      const uint64_t n = head_dim - i < kQ80Elements ? head_dim - i : kQ80Elements;
      quantize_q8_0(kernel, x + i, n, row + i / kQ80Elements * 2, q + i);
    }
  }
}

}  // namespace bitnet
