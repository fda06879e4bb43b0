// Reproducible test values.
#ifndef BITNET_TEST_VALUES_H
#define BITNET_TEST_VALUES_H

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

// What a vector is filled with.
enum class Fill {
  kOrdinary,  // about normal(0, 1)
  kExtreme,   // among ordinary values: zeros of both signs, subnormals, the largest finite values
  kBroken,    // NaN and infinities as well
  kZero,
  kNegativeZero,
  kTiny,  // subnormals and near them, both signs: products vanish
};

constexpr Fill kFills[] = {Fill::kOrdinary, Fill::kExtreme,      Fill::kBroken,
                           Fill::kZero,     Fill::kNegativeZero, Fill::kTiny};

class Values {
 public:
  explicit Values(uint32_t seed) : random_(seed) {}

  uint32_t bits() { return random_(); }
  int between(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<uint32_t>(high - low + 1));
  }
  float ordinary() {
    // Twelve uniforms: close enough to normal, and the same with every standard library.
    float sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<float>(random_() >> 8) * 0x1p-24f;
    return sum;
  }

  float one(Fill fill) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    switch (fill) {
      case Fill::kZero: return 0;
      case Fill::kNegativeZero: return -0.0f;
      case Fill::kTiny: return ordinary() * (random_() % 2 ? 1e-40f : 1e-23f);
      case Fill::kOrdinary: return ordinary();
      default: break;
    }
    switch (random_() % 12) {
      case 0: return 0;
      case 1: return -0.0f;
      case 2: return ordinary() * 1e-42f;
      case 3: return ordinary() * 1e-20f;
      case 4: return random_() % 2 ? 3.4e38f : -3.4e38f;
      case 5: return ordinary() * 1e30f;
      case 6: return ordinary() * 1e4f;
      case 7:
        if (fill == Fill::kBroken) return random_() % 2 ? kInfinity : -kInfinity;
        break;
      case 8:
        if (fill == Fill::kBroken) return std::nanf("");
        break;
      default: break;
    }
    return ordinary();
  }

  std::vector<float> floats(uint64_t n, Fill fill) {
    std::vector<float> v(n);
    for (float& f : v) f = one(fill);
    return v;
  }

  std::vector<uint8_t> bytes(uint64_t n) {
    std::vector<uint8_t> v(n);
    for (uint8_t& b : v) b = static_cast<uint8_t>(random_());
    return v;
  }

 private:
  std::mt19937 random_;
};

#endif
