// native/ARITHMETIC.md once more, as plainly as it can be written: one loop per sentence, nothing
// shared with the library, the C library's fma. Every kernel build is held to these functions.
#ifndef BITNET_TEST_REFERENCE_H
#define BITNET_TEST_REFERENCE_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "bitnet.h"

namespace reference {

inline float from_bits(uint32_t bits) {
  float f;
  std::memcpy(&f, &bits, 4);
  return f;
}

inline uint32_t to_bits(float f) {
  uint32_t bits;
  std::memcpy(&bits, &f, 4);
  return bits;
}

// Equal as ARITHMETIC.md counts it: to the bit, but any NaN equals any other.
inline bool same(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) || to_bits(a) == to_bits(b);
}

// ---- element types ----

inline float widen_f16(uint16_t h) {
  const int exponent = (h >> 10) & 31, fraction = h & 1023;
  double v;
  if (exponent == 31) {
    v = fraction ? std::numeric_limits<double>::quiet_NaN() : HUGE_VAL;
  } else if (exponent == 0) {
    v = std::ldexp(fraction, -24);
  } else {
    v = std::ldexp(1024 + fraction, exponent - 25);
  }
  return static_cast<float>(h & 0x8000 ? -v : v);
}

inline uint16_t narrow_f16(float x) {
  const int sign = std::signbit(x) ? 0x8000 : 0;
  const double a = std::fabs(static_cast<double>(x));
  if (std::isnan(x)) return 0x7e00;
  if (a >= 65520) return static_cast<uint16_t>(sign | 0x7c00);
  const int exponent = a < 0x1p-14 ? -14 : std::ilogb(a);
  const int units = static_cast<int>(std::nearbyint(std::ldexp(a, 10 - exponent)));
  // A subnormal has units below 1024 and biased exponent 0; a carry moves into the exponent.
  const int base = a < 0x1p-14 ? 0 : ((exponent + 15) << 10) - 1024;
  return static_cast<uint16_t>(sign | (base + units));
}

inline float widen_bf16(uint16_t h) { return from_bits(static_cast<uint32_t>(h) << 16); }

// Bytes of n elements, whole blocks of them.
inline uint64_t bytes_of(uint32_t type, uint64_t n) {
  switch (type) {
    case BN_TYPE_F32: return n * 4;
    case BN_TYPE_Q8_0: return n / 32 * 34;
    case BN_TYPE_Q4_0: return n / 32 * 18;
    case BN_TYPE_Q6_K: return n / 256 * 210;
    default: return n * 2;
  }
}

inline uint64_t block_elements(uint32_t type) {
  return type == BN_TYPE_Q6_K ? 256 : type == BN_TYPE_Q8_0 || type == BN_TYPE_Q4_0 ? 32 : 1;
}

inline float half_at(const uint8_t* p) {
  uint16_t h;
  std::memcpy(&h, p, 2);
  return widen_f16(h);
}

// Element i of a Q6_K block without its scales: 4 bits of ql, 2 bits of qh.
inline int code_q6_k(const uint8_t* block, uint64_t i) {
  const uint64_t half = i / 128, quarter = i % 128 / 32, l = i % 32;
  const uint8_t ql = block[64 * half + 32 * (quarter % 2) + l];
  const uint8_t qh = block[128 + 32 * half + l];
  const int low = quarter < 2 ? ql & 15 : ql >> 4, high = (qh >> (2 * quarter)) & 3;
  return (low | high << 4) - 32;
}

inline int scale_q6_k(const uint8_t* block, uint64_t i) {
  return static_cast<int8_t>(block[192 + i / 16]);
}

inline float widen_q6_k(const uint8_t* block, uint64_t i) {
  const float scaled = half_at(block + 208) * static_cast<float>(scale_q6_k(block, i));
  return scaled * static_cast<float>(code_q6_k(block, i));
}

inline float widen(uint32_t type, const uint8_t* p, uint64_t i) {
  if (type == BN_TYPE_Q8_0) {
    const uint8_t* block = p + i / 32 * 34;
    return half_at(block) * static_cast<float>(static_cast<int8_t>(block[2 + i % 32]));
  }
  if (type == BN_TYPE_Q4_0) {
    const uint8_t* block = p + i / 32 * 18;
    const uint8_t both = block[2 + i % 16];
    return half_at(block) * static_cast<float>((i % 32 < 16 ? both & 15 : both >> 4) - 8);
  }
  if (type == BN_TYPE_Q6_K) return widen_q6_k(p + i / 256 * 210, i % 256);
  if (type == BN_TYPE_F32) {
    float f;
    std::memcpy(&f, p + 4 * i, 4);
    return f;
  }
  uint16_t h;
  std::memcpy(&h, p + 2 * i, 2);
  return type == BN_TYPE_F16 ? widen_f16(h) : widen_bf16(h);
}

// ---- KV cache ----

// x[d] as a cache of the type gives it back.
inline std::vector<float> stored(uint32_t kv_type, const float* x, uint64_t d) {
  std::vector<float> y(x, x + d);
  if (kv_type == BN_TYPE_F16) {
    for (float& f : y) f = widen_f16(narrow_f16(f));
  } else if (kv_type == BN_TYPE_Q8_0) {
    for (uint64_t from = 0; from < d; from += 32) {
      const uint64_t to = from + 32 < d ? from + 32 : d;
      float m = 0;
      for (uint64_t i = from; i < to; ++i) m = std::fabs(x[i]) > m ? std::fabs(x[i]) : m;
      const float quotient = m / 127.0f;
      const float scale = widen_f16(narrow_f16(quotient > 65504.0f ? 65504.0f : quotient));
      const float inverse = scale > 0 ? 1 / scale : 0;
      for (uint64_t i = from; i < to; ++i) {
        const float p = x[i] * inverse;
        const float q = std::isnan(p) ? 0 : std::nearbyint(std::fmin(std::fmax(p, -127.0f), 127.0f));
        y[i] = scale * static_cast<float>(static_cast<int>(q));
      }
    }
  }
  return y;
}

// Elements of rows of d each, as they lie in a KV store.
inline std::vector<float> widen_kv(uint32_t kv_type, const uint8_t* rows, uint64_t n_rows,
                                   uint64_t d) {
  std::vector<float> v(n_rows * d);
  const uint64_t scales = (d + 31) / 32 * 2;
  for (uint64_t i = 0; i < v.size(); ++i) {
    if (kv_type == BN_TYPE_Q8_0) {
      const uint8_t* row = rows + i / d * (scales + d);
      const auto q = static_cast<int8_t>(row[scales + i % d]);
      v[i] = half_at(row + i % d / 32 * 2) * static_cast<float>(q);
    } else {
      v[i] = widen(kv_type, rows, i);
    }
  }
  return v;
}

// ---- lanes ----

template <typename T>
T fold(T* lane) {
  for (int w = 8; w >= 1; w /= 2) {
    for (int j = 0; j < w; ++j) lane[j] = lane[j] + lane[j + w];
  }
  return lane[0];
}

inline float dot(const float* a, const float* b, uint64_t n) {
  float lane[16] = {};
  for (uint64_t i = 0; i < n; ++i) lane[i % 16] = std::fma(a[i], b[i], lane[i % 16]);
  return fold(lane);
}

// ---- steps ----

inline void rms_norm(const float* x, const float* weight, uint64_t n, float eps, float* y) {
  double lane[16] = {};
  for (uint64_t i = 0; i < n; ++i) {
    lane[i % 16] = lane[i % 16] + static_cast<double>(x[i]) * static_cast<double>(x[i]);
  }
  const double s = fold(lane);
  const float mean = static_cast<float>(s / static_cast<double>(n));
  const float shifted = mean + eps;
  const float r = 1.0f / std::sqrt(shifted);
  for (uint64_t i = 0; i < n; ++i) {
    const float scaled = x[i] * r;
    y[i] = scaled * weight[i];
  }
}

inline float quantize(const float* x, uint64_t n, int8_t* q) {
  float m = 0;
  for (uint64_t i = 0; i < n; ++i) {
    const float v = std::fabs(x[i]);
    m = v > m ? v : m;
  }
  const double floored = static_cast<double>(m) > 1e-5 ? static_cast<double>(m) : 1e-5;
  const float s = static_cast<float>(127 / floored);
  for (uint64_t i = 0; i < n; ++i) {
    const float p = x[i] * s;
    q[i] = std::isnan(p) ? 0 : static_cast<int8_t>(std::nearbyint(p));
  }
  return s;
}

// The logit of one row of a head.
inline float head(uint32_t type, const uint8_t* row, const float* x, uint64_t cols) {
  if (type != BN_TYPE_Q6_K) {
    std::vector<float> w(cols);
    for (uint64_t i = 0; i < cols; ++i) w[i] = widen(type, row, i);
    return dot(w.data(), x, cols);
  }
  float y = 0;
  for (uint64_t c = 0; c < cols; c += 256, row += 210) {
    int8_t q[256];
    const float s = quantize(x + c, 256, q), inverse = 1 / s;
    int64_t sum = 0;
    for (uint64_t i = 0; i < 256; ++i) sum += scale_q6_k(row, i) * code_q6_k(row, i) * q[i];
    const float factor = half_at(row + 208) * inverse;
    y = std::fma(static_cast<float>(sum), factor, y);
  }
  return y;
}

// The code of element i in layout BLOCK_128.
inline int code_of(const uint8_t* codes, uint64_t i) {
  const uint64_t block = i / 128, within = i % 128;
  return (codes[32 * block + within % 32] >> (6 - 2 * (within / 32))) & 3;
}

inline float ternary(const uint8_t* codes, float w, uint64_t cols, uint64_t row, const int8_t* q,
                     float s) {
  int64_t acc = 0;
  for (uint64_t c = 0; c < cols; ++c) acc += (code_of(codes, row * cols + c) - 1) * q[c];
  const float divided = static_cast<float>(static_cast<int32_t>(acc)) / s;
  return divided * w;
}

inline void rope(float* x, uint64_t d, const float* cos, const float* sin) {
  for (uint64_t i = 0; i < d / 2; ++i) {
    const float a = x[i], b = x[i + d / 2];
    const float ac = a * cos[i], bs = b * sin[i], as = a * sin[i], bc = b * cos[i];
    x[i] = ac - bs;
    x[i + d / 2] = as + bc;
  }
}

inline float exp(float x) {
  if (std::isnan(x)) return x;
  if (x > 0x1.62e42ep+6f) return std::numeric_limits<float>::infinity();
  if (x < -0x1.5d589ep+6f) return 0;
  const float scaled = x * 0x1.715476p+0f;
  const float k = std::nearbyint(scaled);
  float r = std::fma(k, -0x1.62e43p-1f, x);
  r = std::fma(k, 0x1.05c61p-29f, r);
  float p = 0x1.6a23dp-10f;
  p = std::fma(p, r, 0x1.123a2p-7f);
  p = std::fma(p, r, 0x1.5558f2p-5f);
  p = std::fma(p, r, 0x1.555492p-3f);
  p = std::fma(p, r, 0x1.fffffcp-2f);
  p = std::fma(p, r, 1.0f);
  p = std::fma(p, r, 1.0f);
  const int n = static_cast<int>(k), a = static_cast<int>(std::floor(n / 2.0)), b = n - a;
  const float first = p * static_cast<float>(std::ldexp(1.0, a));
  return first * static_cast<float>(std::ldexp(1.0, b));
}

inline float activate(uint32_t activation, float gate, float up) {
  if (activation == BN_ACTIVATION_RELU2) {
    const float g = gate > 0 ? gate : 0;
    const float square = g * g;
    return square * up;
  }
  const float e = exp(-gate);
  const float below = 1 + e;
  const float g = gate / below;
  return g * up;
}

// One query head; k and v [n_positions][d], already widened.
inline void attention(const float* q, uint64_t d, const float* k, const float* v,
                      uint64_t n_positions, float scale, float* out) {
  std::vector<float> e(n_positions);
  float m = -std::numeric_limits<float>::infinity();
  for (uint64_t t = 0; t < n_positions; ++t) {
    e[t] = dot(q, k + t * d, d) * scale;
    m = e[t] > m ? e[t] : m;
  }
  float lane[16] = {};
  for (uint64_t t = 0; t < n_positions; ++t) {
    e[t] = exp(e[t] - m);
    lane[t % 16] = lane[t % 16] + e[t];
  }
  const float sum = fold(lane);
  for (uint64_t i = 0; i < d; ++i) {
    float acc = 0;
    for (uint64_t t = 0; t < n_positions; ++t) acc = std::fma(e[t], v[t * d + i], acc);
    out[i] = acc / sum;
  }
}

}  // namespace reference

#endif
