#include "ops/requantize.h"

#include <math.h>
#include <string.h>

#include "include/bitnet.h"
#include "ops/q8_0.h"

namespace bitnet {
namespace {

constexpr uint64_t kBlock = 256;  // elements of a Q6_K block
constexpr uint64_t kGroup = 16;   // elements of it that share a scale
constexpr uint64_t kHighBits = 128, kScales = 192, kStep = 208, kBlockBytes = 210;  // in the block
constexpr float kLargestScale = 127.0f;

// A group's largest weight is tried at so many steps. Beyond 32 it is cut off, for smaller steps.
constexpr int32_t kFewestSteps = 27, kMostSteps = 36;
constexpr float kLargestInSteps = kLargestScale * kFewestSteps;
constexpr float kLargestQ6K = kLargestInSteps * 65504.0f;

// A quarter of a group, in a vector register of any CPU: the search is most of the time that requantising
// takes, and compilers do not vectorise its loops by themselves.
typedef float Quarter __attribute__((vector_size(4 * sizeof(float))));
constexpr uint64_t kQuarters = 4;

// Below 2^22 the sum's last bit is worth 1: it rounds to nearest even. For float and Quarter.
template <typename V>
V rounded(V v) {
  return (v + 12582912.0f) - 12582912.0f;
}

template <typename V>
V clamped(V v, V low, V high) {
  v = v > high ? high : v;
  return v < low ? low : v;
}

bool all_within(const float* x, uint64_t n, float largest) {
  bool within = true;
  for (uint64_t i = 0; i < n; ++i) within &= fabsf(x[i]) <= largest;  // false for NaN
  return within;
}

// The element of the largest magnitude, the first of them.
float largest_of(const float* x, uint64_t n) {
  float largest = x[0];
  for (uint64_t i = 1; i < n; ++i) largest = fabsf(x[i]) > fabsf(largest) ? x[i] : largest;
  return largest;
}

// Codes of a quarter of a group in units of step, the inverse of which is given.
Quarter codes_of(const Quarter& x, float inverse) {
  return rounded(clamped(x * inverse, Quarter{} - 32.0f, Quarter{} + 31.0f));
}

// 0 for 0: then all codes are 0.
float inverse_of(float step) { return step != 0 ? 1.0f / step : 0.0f; }

// What is missed by the codes of a group in units of step: its squares, added as lanes.
float squares_missed(const Quarter* x, float step) {
  const float inverse = inverse_of(step);
  Quarter squares[kQuarters];
  for (uint64_t i = 0; i < kQuarters; ++i) {
    const Quarter miss = x[i] - step * codes_of(x[i], inverse);
    squares[i] = miss * miss;
  }
  const Quarter sum = (squares[0] + squares[2]) + (squares[1] + squares[3]);
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

// The scale of x[kGroup], in units of d, that misses least of those tried, and the codes q[kGroup] with it.
float search_scale(const float* x, float d, float* q) {
  Quarter quarters[kQuarters];
  memcpy(quarters, x, sizeof quarters);
  const float reach = -largest_of(x, kGroup) / d;
  float least = INFINITY, best = 0;
  for (int32_t steps = kFewestSteps; steps <= kMostSteps; ++steps) {
    const float scale =
        rounded(clamped(reach / static_cast<float>(steps), -kLargestScale, kLargestScale));
    const float missed = squares_missed(quarters, d * scale);
    best = missed < least ? scale : best;
    least = missed < least ? missed : least;
  }
  for (Quarter& quarter : quarters) quarter = codes_of(quarter, inverse_of(d * best));
  memcpy(q, quarters, sizeof quarters);
  return best;
}

void requantize_q6_k(const KernelTable& kernel, const float* x, uint8_t* block) {
  const float largest = fabsf(largest_of(x, kBlock));
  float d = largest / kLargestInSteps;
  d = d > 0x1p-24f ? d : 0x1p-24f;
  uint16_t half;
  kernel.narrow_f16(&d, 1, &half);
  kernel.widen(BN_TYPE_F16, &half, 1, &d);
  memset(block, 0, kScales);
  for (uint64_t from = 0; from < kBlock; from += kGroup) {
    float q[kGroup];
    const int8_t scale = static_cast<int8_t>(search_scale(x + from, d, q));
    memcpy(block + kScales + from / kGroup, &scale, 1);
    for (uint64_t j = 0; j < kGroup; ++j) {
      const uint64_t i = from + j, part = i / 128, quarter = i % 128 / 32, l = i % 32;
      const uint32_t u = static_cast<uint32_t>(static_cast<int32_t>(q[j]) + 32);
      block[64 * part + 32 * (quarter % 2) + l] |= static_cast<uint8_t>((u & 15) << 4 * (quarter / 2));
      block[kHighBits + 32 * part + l] |= static_cast<uint8_t>((u >> 4) << 2 * quarter);
    }
  }
  memcpy(block + kStep, &half, sizeof half);
}

}  // namespace

bool can_requantize_to(uint32_t type) { return type == BN_TYPE_Q8_0 || type == BN_TYPE_Q6_K; }

bool requantize_row(const KernelTable& kernel, uint32_t type, const float* x, uint64_t cols,
                    uint8_t* row) {
  if (!all_within(x, cols, type == BN_TYPE_Q8_0 ? kLargestQ80 : kLargestQ6K)) return false;
  if (type == BN_TYPE_Q8_0) {
    for (uint64_t i = 0; i < cols; i += kQ80Elements, row += 2 + kQ80Elements) {
      quantize_q8_0(kernel, x + i, kQ80Elements, row, reinterpret_cast<int8_t*>(row + 2));
    }
  } else {
    for (uint64_t i = 0; i < cols; i += kBlock, row += kBlockBytes) {
      requantize_q6_k(kernel, x + i, row);
    }
  }
  return true;
}

}  // namespace bitnet
