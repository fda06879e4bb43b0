// What the self-test of a kernel build works with: inputs, results of two builds, and their comparison.
#ifndef BITNET_RUNTIME_TRIAL_H
#define BITNET_RUNTIME_TRIAL_H

#include <string.h>

#include <type_traits>

#include "kernels/table.h"
#include "ops/pack.h"
#include "runtime/array.h"
#include "runtime/self_test.h"

namespace bitnet {

constexpr uint64_t kSizes[] = {1, 2, 15, 16, 17, 31, 32, 33, 100, 128, 129, 256, 512, 640};
constexpr uint64_t kMaxSize = 640;
constexpr uint64_t kSlack = 16;  // elements after a result that must stay as they are

// Shapes of the larger tests: several tokens make panels and tiles, odd counts their remainders.
constexpr uint64_t kRows = 37, kMaxTokens = 27, kMaxColumns = 5376;
constexpr uint64_t kTokens[] = {1, 2, 5, kMaxTokens};
constexpr uint64_t kColumns[] = {128, 640, kMaxColumns};
constexpr uint64_t kQueries = BN_MAX_ATTENTION_QUERIES, kMaxHeadDim = 128, kMaxPositions = 33;
constexpr uint64_t kHeadDims[] = {2, 6, 64, 80, kMaxHeadDim};

// The results of the trusted build and of the tested one.
template <typename T>
struct Pair {
  Array<T> of[2];
  [[nodiscard]] bool allocate(uint64_t n) {
    return of[0].allocate(n + kSlack) && of[1].allocate(n + kSlack);
  }
};

struct Trial {
  const KernelTable* tables[2];  // the trusted one first
  bn_kernel_fault* fault;
  TestRandom random{1};
  bool wild = false;  // any bit pattern among the floats, infinities and NaN included

  Array<float> x, y;
  Array<uint8_t> bytes;
  Array<int8_t> q;
  Array<int16_t> words;
  Array<int32_t> sums;
  Array<float> scales;
  Pair<float> floats;
  Pair<int8_t> int8s;
  Pair<uint16_t> halves;
  Pair<int32_t> int32s;
  Array<uint8_t> scratch[2];

  [[nodiscard]] bool allocate() {
    constexpr uint64_t kFloats = kMaxTokens * (kRows + kSlack) + kMaxTokens * kMaxSize +
                                 kQueries * (kMaxHeadDim + kMaxPositions);
    constexpr uint64_t kBytes = kRows * kMaxColumns + kMaxPositions * kMaxHeadDim * sizeof(float);
    for (int i = 0; i < 2; ++i) {
      if (!scratch[i].allocate(tables[i]->scratch_bytes)) return false;
    }
    return x.allocate(kFloats) && y.allocate(kFloats) && bytes.allocate(kBytes) &&
           q.allocate((kRows > kMaxTokens ? kRows : kMaxTokens) * kMaxColumns) &&
           words.allocate(kMaxTokens * kMaxColumns) &&
           int32s.allocate(kMaxTokens * (kRows + kSlack)) && sums.allocate(kMaxTokens) &&
           scales.allocate(kMaxTokens) && floats.allocate(kFloats) &&
           int8s.allocate(packed_input_bytes(kMaxColumns)) && halves.allocate(kMaxSize);
  }

  // About -4 to 4.
  float ordinary() {
    return (static_cast<float>(random.bits() >> 8) - 8388608.0f) * 0x1p-21f;
  }
  void fill(float* to, uint64_t n) {
    for (uint64_t i = 0; i < n; ++i) {
      to[i] = ordinary();
      const uint32_t bits = random.bits();
      if (wild && random.bits() % 8 == 0) memcpy(&to[i], &bits, sizeof bits);
    }
  }
  void fill(Array<float>& to, uint64_t n) { fill(to.data(), n); }
  template <typename T>
  void fill_bytes(T* to, uint64_t n_bytes) {
    uint8_t* p = reinterpret_cast<uint8_t*>(to);
    for (uint64_t i = 0; i < n_bytes; ++i) p[i] = static_cast<uint8_t>(random.bits() >> 24);
  }
  // n_bytes of weights or of a KV cache: any bits when wild, else numbers. Floats and the scales of
  // blocks are at even places in all types, and below 2 in magnitude without the bit cleared here.
  void fill_elements(uint32_t type, uint64_t n_bytes) {
    if (type == BN_TYPE_F32) {
      fill(reinterpret_cast<float*>(bytes.data()), n_bytes / sizeof(float));
      return;
    }
    fill_bytes(bytes.data(), n_bytes);
    for (uint64_t i = 1; i < n_bytes && !wild; i += 2) bytes[i] &= 0xbf;
  }

  // The same in both: what a result overwrites and what it must leave alone.
  template <typename T>
  void reset(Pair<T>& pair, uint64_t n) {
    fill_bytes(pair.of[0].data(), (n + kSlack) * sizeof(T));
    if constexpr (std::is_same_v<T, float>) fill(pair.of[0].data(), n + kSlack);
    memcpy(pair.of[1].data(), pair.of[0].data(), (n + kSlack) * sizeof(T));
  }

  bool differs(uint64_t n, uint64_t index, double expected, double actual) {
    fault->n = n;
    fault->index = index;
    fault->expected = expected;
    fault->actual = actual;
    return false;
  }
  template <typename T>
  bool same(const T* expected, const T* actual, uint64_t count, uint64_t n) {
    for (uint64_t i = 0; i < count; ++i) {
      const bool both_nan = expected[i] != expected[i] && actual[i] != actual[i];
      if (!both_nan && memcmp(expected + i, actual + i, sizeof(T)) != 0) {
        return differs(n, i, static_cast<double>(expected[i]), static_cast<double>(actual[i]));
      }
    }
    return true;
  }
  template <typename T>
  bool same(const Pair<T>& pair, uint64_t count, uint64_t n) {
    return same(pair.of[0].data(), pair.of[1].data(), count + kSlack, n);
  }

  // Calls f(table, result) for both builds and compares `count` floats and what follows them.
  template <typename F>
  bool floats_agree(uint64_t count, uint64_t n, const F& f) {
    reset(floats, count);
    for (int i = 0; i < 2; ++i) f(*tables[i], floats.of[i].data());
    return same(floats, count, n);
  }
  // The same for inputs of each size.
  template <typename F>
  bool sizes_agree(const F& f) {
    for (const uint64_t n : kSizes) {
      fill(x, n);
      fill(y, n);
      if (!floats_agree(n, n, [&](const KernelTable& t, float* out) { f(t, n, out); })) return false;
    }
    return true;
  }
};

}  // namespace bitnet

#endif
