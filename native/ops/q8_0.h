// Up to 32 floats as 8-bit integers that share a scale: blocks of heads, groups of keys and values.
#ifndef BITNET_OPS_Q8_0_H
#define BITNET_OPS_Q8_0_H

#include "kernels/table.h"

namespace bitnet {

// Elements that share a scale.
constexpr uint64_t kQ80Elements = 32;

// The largest magnitude that does not saturate.
constexpr float kLargestQ80 = 127.0f * 65504.0f;

// Stores the scale of x[n], an F16, and q[n], rounded as native/ARITHMETIC.md, "KV cache", has it.
void quantize_q8_0(const KernelTable& kernel, const float* x, uint64_t n, uint8_t* scale, int8_t* q);

}  // namespace bitnet

#endif
