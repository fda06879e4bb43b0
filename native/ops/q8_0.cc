#include "ops/q8_0.h"

#include <math.h>
#include <string.h>

#include "include/bitnet.h"

namespace bitnet {

constexpr float kLargestF16 = 65504.0f;

void quantize_q8_0(const KernelTable& kernel, const float* x, uint64_t n, uint8_t* scale,
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

}  // namespace bitnet
