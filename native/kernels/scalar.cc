// The build that runs everywhere: baseline instructions and integer conversions only.
#include "kernels/build.h"
#include "kernels/packed_patterns.inl"

namespace {

inline float float_of(uint32_t bits) {
  float f;
  __builtin_memcpy(&f, &bits, sizeof f);
  return f;
}

inline uint32_t bits_of(float f) {
  uint32_t bits;
  __builtin_memcpy(&bits, &f, sizeof bits);
  return bits;
}

// fma(a, b, c) rounded once, without trusting the C library's. The product is exact in f64. The f64
// sum is then forced to "round to odd": when it is inexact and its last bit is even, the neighbour on
// the error's side is taken. Rounding that to f32 equals rounding the exact sum, because f64 has more
// than two bits to spare.
inline float fma32(float a, float b, float c) {
  const double p = static_cast<double>(a) * static_cast<double>(b);
  const double z = c;
  double s = p + z;
  const double zz = s - p;
  const double error = (p - (s - zz)) + (z - zz);
  if (error > 0 || error < 0) {  // false when s is infinite or NaN
    uint64_t bits;
    __builtin_memcpy(&bits, &s, sizeof bits);
    if ((bits & 1) == 0) {
      bits += (error > 0) == (s > 0) ? 1 : -1;
      __builtin_memcpy(&s, &bits, sizeof s);
    }
  }
  return static_cast<float>(s);
}

inline float widen_f16(uint16_t h) {
  const uint32_t sign = (h & 0x8000u) << 16, magnitude = h & 0x7fffu;
  if (magnitude >= 0x7c00) return float_of(sign | 0x7f800000u | (magnitude & 0x3ff) << 13);
  // Shifted into place the exponent is 112 too small, for subnormals as well.
  return float_of(sign | bits_of(float_of(magnitude << 13) * 0x1p112f));
}

inline uint16_t narrow_f16(float f) {
  const uint32_t bits = bits_of(f), magnitude = bits & 0x7fffffffu;
  const uint32_t sign = (bits >> 16) & 0x8000u;
  uint32_t h;
  if (magnitude > 0x7f800000u) {
    h = 0x7e00;
  } else if (magnitude >= 0x477ff000u) {  // 65520 and above round to infinity
    h = 0x7c00;
  } else if (magnitude < 0x38800000u) {  // below 2^-14: the unit of 0.5 is the smallest subnormal
    h = bits_of(float_of(magnitude) + 0.5f) - 0x3f000000u;
  } else {
    h = (magnitude - 0x38000000u + 0xfff + ((magnitude >> 13) & 1)) >> 13;
  }
  return static_cast<uint16_t>(sign | h);
}

// For |x| < 2^22: the sum's last bit is worth 1, so adding rounds to nearest even.
inline int32_t round_to_int(float x) {
  return static_cast<int32_t>(bits_of(x + 12582912.0f)) - 0x4b400000;
}

struct IntSum {
  int32_t value;
  static IntSum zero() { return {0}; }
  int32_t total() const { return value; }
};

struct V {
  float lane[16];

#define BN_LANES(expression)                              \
  V y;                                                    \
  for (int i = 0; i < 16; ++i) y.lane[i] = (expression);  \
  return y

  static V zero() { BN_LANES(0.0f); }
  static V set1(float f) { BN_LANES(f); }
  static V load(const float* p) {
    V y;
    __builtin_memcpy(y.lane, p, sizeof y.lane);
    return y;
  }
  static V from_int(const int32_t* p, int32_t plus) {
    BN_LANES(static_cast<float>(p[i] + plus));
  }
  void store(float* p) const { __builtin_memcpy(p, lane, sizeof lane); }
  static V load_f16(const void* p) {
    uint16_t h[16];
    __builtin_memcpy(h, p, sizeof h);
    BN_LANES(widen_f16(h[i]));
  }
  static V load_f16(const void* low, const void* high) {
    uint16_t h[16];
    __builtin_memcpy(h, low, 16);
    __builtin_memcpy(h + 8, high, 16);
    return load_f16(h);
  }
  static V load_bf16(const void* p) {
    uint16_t h[16];
    __builtin_memcpy(h, p, sizeof h);
    BN_LANES(float_of(static_cast<uint32_t>(h[i]) << 16));
  }
  static V load_i8(const void* p) {
    int8_t q[16];
    __builtin_memcpy(q, p, sizeof q);
    BN_LANES(static_cast<float>(q[i]));
  }
  static V broadcast_f16(const void* p) {
    uint16_t h;
    __builtin_memcpy(&h, p, sizeof h);
    return set1(widen_f16(h));
  }
  void store_f16(uint16_t* p) const {
    for (int i = 0; i < 16; ++i) p[i] = narrow_f16(lane[i]);
  }
  static V add(const V& a, const V& b) { BN_LANES(a.lane[i] + b.lane[i]); }
  static V sub(const V& a, const V& b) { BN_LANES(a.lane[i] - b.lane[i]); }
  static V mul(const V& a, const V& b) { BN_LANES(a.lane[i] * b.lane[i]); }
  static V div(const V& a, const V& b) { BN_LANES(a.lane[i] / b.lane[i]); }
  static V fma(const V& a, const V& b, const V& c) {
    BN_LANES(fma32(a.lane[i], b.lane[i], c.lane[i]));
  }
  static V max(const V& v, const V& m) { BN_LANES(v.lane[i] > m.lane[i] ? v.lane[i] : m.lane[i]); }
  static V abs(const V& a) { BN_LANES(float_of(bits_of(a.lane[i]) & 0x7fffffffu)); }
  static V negate(const V& a) { BN_LANES(-a.lane[i]); }
  static V round_even(const V& a) { BN_LANES((a.lane[i] + 12582912.0f) - 12582912.0f); }
  static V if_greater(const V& a, const V& b, const V& x, const V& y_) {
    BN_LANES(a.lane[i] > b.lane[i] ? x.lane[i] : y_.lane[i]);
  }
  static V if_nan(const V& a, const V& x, const V& y_) {
    BN_LANES(a.lane[i] != a.lane[i] ? x.lane[i] : y_.lane[i]);
  }
  // (p * 2^a) * 2^b with a = k >> 1 and b = k - a, |k| <= 128.
  static V scale_by_power(const V& p, const V& k) {
    V y;
    for (int i = 0; i < 16; ++i) {
      const int32_t n = round_to_int(k.lane[i]);
      const int32_t a = n >> 1, b = n - a;
      y.lane[i] = (p.lane[i] * float_of(static_cast<uint32_t>(a + 127) << 23)) *
                  float_of(static_cast<uint32_t>(b + 127) << 23);
    }
    return y;
  }
  void to_int8(int8_t* q, IntSum* sum) const {
    for (int i = 0; i < 16; ++i) {
      const int32_t n = lane[i] == lane[i] ? round_to_int(lane[i]) : 0;
      q[i] = static_cast<int8_t>(n);
      sum->value += n;
    }
  }
  float fold() const {
    float l[16];
    __builtin_memcpy(l, lane, sizeof l);
    for (int w = 8; w > 0; w /= 2) {
      for (int j = 0; j < w; ++j) l[j] = l[j] + l[j + w];
    }
    return l[0];
  }
  static void fold_four(const V& a, const V& b, const V& c, const V& d, float* y) {
    y[0] = a.fold();
    y[1] = b.fold();
    y[2] = c.fold();
    y[3] = d.fold();
  }
#undef BN_LANES
};

using Part = V;
constexpr uint64_t kPartLanes = 16;
inline V whole(const Part (&p)[1]) { return p[0]; }
constexpr int kDotRows = 1, kDotTokens = 2;

struct Squares {
  double lane[16];
  static Squares zero() { return {}; }
  void add(const V& x) {
    for (int i = 0; i < 16; ++i) {
      lane[i] += static_cast<double>(x.lane[i]) * static_cast<double>(x.lane[i]);
    }
  }
  void store(double* p) const { __builtin_memcpy(p, lane, sizeof lane); }
};

// ---- ternary ----

constexpr uint64_t kBlocksPerWiden = UINT64_MAX;  // int32 throughout: |sum| <= 3 * 128 * 2^20 < 2^31

struct Codes {
  uint8_t code[128];
  static Codes load(const uint8_t* p) {
    Codes c;
    for (int i = 0; i < 32; ++i) {
      c.code[i] = p[i] >> 6;
      c.code[i + 32] = (p[i] >> 4) & 3;
      c.code[i + 64] = (p[i] >> 2) & 3;
      c.code[i + 96] = p[i] & 3;
    }
    return c;
  }
};

// Of a length that the compiler knows, so that it can take several at a time.
inline int32_t sum_of_128(const uint8_t* codes, const int8_t* q) {
  int32_t sum = 0;
  for (int i = 0; i < 128; ++i) sum += codes[i] * q[i];
  return sum;
}

struct Sum {
  int32_t value;
  static Sum zero() { return {0}; }
  void add(const Codes& c, const int8_t* q) { value += sum_of_128(c.code, q); }
  void widen() {}
  int32_t total() const { return value; }
};

// For the screened head.
struct WideSum {
  static constexpr uint64_t kElements = 16;
  int32_t value;
  static WideSum zero() { return {0}; }
  static const int8_t* widened(const int8_t* codes) { return codes; }
  static const int16_t* inputs(const int16_t* x) { return x; }
  void add(const int8_t* codes, const int16_t* x) {
    for (uint64_t i = 0; i < kElements; ++i) value += codes[i] * x[i];
  }
  int32_t total() const { return value; }
};

// For packed triples.
inline void triple_parts(int8_t x0, int8_t x1, int8_t x2, int8_t* parts) {
  for (int n = 0; n < 16; ++n) {
    const int v = kPatterns[0][n] * x0 + kPatterns[1][n] * x1 + kPatterns[2][n] * x2;
    const int high = (v + kPartBase / 2 + 16 * kPartBase) / kPartBase - 16;  // rounds down, v > -16 * 29
    parts[n] = static_cast<int8_t>(v - kPartBase * high);
    parts[16 + n] = static_cast<int8_t>(high);
  }
}

inline void packed_sums(const uint8_t* block, uint64_t n_blocks, const int8_t* inputs,
                        int32_t* sums) {
  for (int r = 0; r < BN_PACKED_ROWS; ++r) sums[r] = 0;
  for (uint64_t b = 0; b < n_blocks; ++b, block += BN_PACKED_BLOCK_BYTES) {
    for (int t = 0; t < 8; ++t, inputs += 32) {
      for (int r = 0; r < BN_PACKED_ROWS; ++r) {
        const int pattern = block[(1 + t / 2) * BN_PACKED_ROWS + r] >> 4 * (t % 2) & 15;
        const int v = inputs[pattern] + kPartBase * inputs[16 + pattern];
        sums[r] += block[r] >> (7 - t) & 1 ? -v - kNegativeExcess : v;
      }
    }
  }
}

// For the head of type Q6_K.
struct Q6Block {
  int32_t weights[256];  // u - 32
  int8_t scales[16];
  float d;

  void open(const unsigned char* p) {
    uint16_t h;
    __builtin_memcpy(&h, p + 208, sizeof h);
    d = widen_f16(h);
    __builtin_memcpy(scales, p + 192, sizeof scales);
    for (int i = 0; i < 256; ++i) {
      const int half = i / 128, quarter = i % 128 / 32, l = i % 32;
      const int low = p[64 * half + 32 * (quarter % 2) + l] >> 4 * (quarter / 2) & 15;
      const int high = p[128 + 32 * half + l] >> 2 * quarter & 3;
      weights[i] = (low | high << 4) - 32;
    }
  }
  float dot(const int8_t* q, const int16_t*) const {
    int32_t sum = 0;
    for (int i = 0; i < 256; ++i) sum += scales[i / 16] * weights[i] * q[i];
    return static_cast<float>(sum);
  }
};

inline void sums_of_16(const int8_t* q, int16_t* sums) {
  for (int i = 0; i < 16; ++i) {
    sums[i] = 0;
    for (int j = 0; j < 16; ++j) sums[i] = static_cast<int16_t>(sums[i] + q[16 * i + j]);
  }
}

constexpr int kTileRows = 1, kTileTokens = 4;
constexpr uint64_t kPanelRows = 16, kPanelColumns = 1280;

inline void unpack_block(const uint8_t* p, uint8_t* codes) {
  const Codes c = Codes::load(p);
  __builtin_memcpy(codes, c.code, sizeof c.code);
}

template <int R, int T>
inline void tile_sums(const uint8_t* codes, uint64_t, const int8_t* q, uint64_t q_stride,
                      uint64_t n, int32_t* sums, uint64_t sum_stride) {
  static_assert(R == 1);
  for (int t = 0; t < T; ++t) {
    int32_t sum = 0;
    for (uint64_t c = 0; c < n; c += 128) sum += sum_of_128(codes + c, q + t * q_stride + c);
    sums[t * sum_stride] = sum;
  }
}

// In the first-level cache, since the compiler chooses the instructions.
uint64_t multiply_adds_kernel(uint64_t rounds) {
  Codes codes = {};
  int8_t q[sizeof codes.code] = {};
  Sum sum = Sum::zero();
  for (uint64_t n = 0; n < rounds; ++n) {
    // As if it changed both, or the products are taken out of the loop.
    __asm__ volatile("" : : "r"(&codes), "r"(q) : "memory");
    sum.add(codes, q);
  }
  __asm__ volatile("" : "+r"(sum.value));
  return rounds * sizeof codes.code;
}

}  // namespace

#include "kernels/panel_tokens.inl"
#include "kernels/scores_by_column.inl"
#include "kernels/table.inl"

BN_KERNEL_TABLE(kernel_scalar, "scalar", 0,
                "portable C++, no vector instructions beyond the platform's baseline")
