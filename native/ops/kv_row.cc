#include "ops/kv_row.h"

#include <math.h>
#include <string.h>

#include "include/bitnet.h"

namespace bitnet {
namespace {

constexpr uint64_t kGroup = 32;  // elements that share a scale
constexpr float kLargestF16 = 65504.0f;

uint64_t scale_bytes(uint64_t head_dim) { return (head_dim + kGroup - 1) / kGroup * 2; }

// Plain code: a token's keys and values are few beside its weights.
void quantize_group(const KernelTable& kernel, const float* x, uint64_t n, uint8_t* scale,
                    int8_t* q) {
  float largest = 0;
  for (uint64_t i = 0; i < n; ++i) {
    const float v = fabsf(x[i]);
    largest = v > largest ? v : largest;
  }
  float d = largest / 127.0f;
  d = d > kLargestF16 ? kLargestF16 : d;
  uint16_t half;
  kernel.narrow_f16(&d, 1, &half);
  memcpy(scale, &half, sizeof half);
  kernel.widen(BN_TYPE_F16, &half, 1, &d);
  const float inverse = d > 0 ? 1.0f / d : 0.0f;
  for (uint64_t i = 0; i < n; ++i) {
    float p = x[i] * inverse;
    p = p > 127.0f ? 127.0f : p;
    p = p < -127.0f ? -127.0f : p;
    p = p == p ? p : 0.0f;
    // Below 2^22 this sum's last bit is worth 1: it rounds to nearest even.
    q[i] = static_cast<int8_t>((p + 12582912.0f) - 12582912.0f);
  }
}

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
    for (uint64_t i = 0; i < head_dim; i += kGroup) {
      const uint64_t n = head_dim - i < kGroup ? head_dim - i : kGroup;
      quantize_group(kernel, x + i, n, row + i / kGroup * 2, q + i);
    }
  }
}

}  // namespace bitnet
