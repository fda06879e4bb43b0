#include "runtime/self_test.h"

#include <stddef.h>
#include <string.h>

#include <initializer_list>

#include "kernels/registry.h"
#include "runtime/array.h"

namespace bitnet {
namespace {

constexpr uint64_t kSizes[] = {1, 2, 15, 16, 17, 31, 32, 33, 100, 128, 129, 640};
constexpr uint64_t kMaxSize = 640;
constexpr uint64_t kSlack = 16;  // elements after a result that must stay as they are

// Shapes of the larger tests: several tokens make panels and tiles, odd counts their remainders.
constexpr uint64_t kRows = 37, kMaxTokens = 27, kMaxColumns = 5376;
constexpr uint64_t kTokens[] = {1, 2, 5, kMaxTokens};
constexpr uint64_t kColumns[] = {128, 640, kMaxColumns};
constexpr uint64_t kHeads = BN_MAX_ATTENTION_HEADS, kMaxHeadDim = 128, kMaxPositions = 33;
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
  Array<int32_t> sums;
  Array<float> scales;
  Pair<float> floats;
  Pair<int8_t> int8s;
  Pair<uint16_t> halves;
  Array<uint8_t> scratch[2];

  [[nodiscard]] bool allocate() {
    constexpr uint64_t kFloats = kMaxTokens * (kRows + kSlack) + kMaxTokens * kMaxSize +
                                 kHeads * (kMaxHeadDim + kMaxPositions);
    constexpr uint64_t kBytes = kRows * kMaxColumns + kMaxPositions * kMaxHeadDim * 4;
    for (int i = 0; i < 2; ++i) {
      if (!scratch[i].allocate(tables[i]->scratch_bytes)) return false;
    }
    return x.allocate(kFloats) && y.allocate(kFloats) && bytes.allocate(kBytes) &&
           q.allocate(kMaxTokens * kMaxColumns) && sums.allocate(kMaxTokens) &&
           scales.allocate(kMaxTokens) && floats.allocate(kFloats) && int8s.allocate(kMaxSize) &&
           halves.allocate(kMaxSize);
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
  // Elements of a type: any bits when wild, else numbers.
  void fill_elements(uint32_t type, uint64_t n) {
    if (type == BN_TYPE_F32) {
      float* to = reinterpret_cast<float*>(bytes.data());
      fill(to, n);
      return;
    }
    fill_bytes(bytes.data(), n * 2);
    uint16_t* halves = reinterpret_cast<uint16_t*>(bytes.data());
    for (uint64_t i = 0; i < n && !wild; ++i) halves[i] &= 0xbfff;  // below 2 in magnitude
  }

  // The same in both: what a result overwrites and what it must leave alone.
  template <typename T>
  void reset(Pair<T>& pair, uint64_t n) {
    fill_bytes(pair.of[0].data(), (n + kSlack) * sizeof(T));
    if constexpr (sizeof(T) == sizeof(float)) fill(pair.of[0].data(), n + kSlack);
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

constexpr uint32_t kDenseTypes[] = {BN_TYPE_F32, BN_TYPE_F16, BN_TYPE_BF16};

bool test_widen(Trial& t) {
  for (const uint32_t type : kDenseTypes) {
    for (const uint64_t n : kSizes) {
      t.fill_elements(type, n);
      if (!t.floats_agree(n, n, [&](const KernelTable& k, float* out) {
            k.widen(type, t.bytes.data(), n, out);
          })) {
        return false;
      }
    }
  }
  return true;
}

bool test_rms_norm(Trial& t) {
  return t.sizes_agree([&](const KernelTable& k, uint64_t n, float* out) {
    k.rms_norm(t.x.data(), t.y.data(), n, 1e-5f, out);
  });
}

bool test_quantize(Trial& t) {
  for (const uint64_t n : kSizes) {
    t.fill(t.x, n);
    t.reset(t.int8s, n);
    float scales[2];
    int32_t sums[2];
    for (int i = 0; i < 2; ++i) {
      t.tables[i]->quantize(t.x.data(), n, t.int8s.of[i].data(), scales + i, sums + i);
    }
    if (!t.same(t.int8s, n, n) || !t.same(scales, scales + 1, 1, n) ||
        !t.same(sums, sums + 1, 1, n)) {
      return false;
    }
  }
  return true;
}

bool test_ternary_matmul(Trial& t) {
  for (const uint64_t cols : kColumns) {
    t.fill_bytes(t.bytes.data(), kRows * cols / 4);
    t.fill_bytes(t.q.data(), kMaxTokens * cols);
    for (uint64_t i = 0; i < kMaxTokens; ++i) {
      t.scales[i] = 1 + static_cast<float>(t.random.bits() >> 8) * 0x1p-20f;
      t.sums[i] = 0;
      for (uint64_t c = 0; c < cols; ++c) t.sums[i] += t.q[i * cols + c];
    }
    const TernaryMatrix matrix = {t.bytes.data(), kRows, cols, 0.37f};
    for (const uint64_t tokens : kTokens) {
      const QuantizedRows rows = {t.q.data(), t.scales.data(), t.sums.data(), tokens};
      const uint64_t stride = kRows + 3;
      if (!t.floats_agree(tokens * stride, cols, [&](const KernelTable& k, float* out) {
            void* scratch = t.scratch[&k == t.tables[1]].data();
            k.ternary_matmul(&matrix, &rows, 1, kRows - 1, out, stride, scratch);
          })) {
        return false;
      }
    }
  }
  return true;
}

bool test_rope(Trial& t) {
  for (const uint64_t dim : kHeadDims) {
    t.fill(t.x, dim / 2);
    t.fill(t.y, dim / 2);
    if (!t.floats_agree(3 * dim, dim, [&](const KernelTable& k, float* out) {
          k.rope(out, 3, dim, t.x.data(), t.y.data());
        })) {
      return false;
    }
  }
  return true;
}

bool test_narrow_f16(Trial& t) {
  for (const uint64_t n : kSizes) {
    t.fill(t.x, n);
    // Which NaN a NaN becomes is not defined.
    for (uint64_t i = 0; i < n; ++i) t.x[i] = t.x[i] == t.x[i] ? t.x[i] : 0;
    t.reset(t.halves, n);
    for (int i = 0; i < 2; ++i) t.tables[i]->narrow_f16(t.x.data(), n, t.halves.of[i].data());
    if (!t.same(t.halves, n, n)) return false;
  }
  return true;
}

// Calls f(kv_type, heads, head_dim, positions) for several shapes, with keys or values in t.bytes.
template <typename F>
bool attention_shapes_agree(Trial& t, const F& f) {
  for (const uint32_t type : {BN_TYPE_F16, BN_TYPE_F32}) {
    for (const uint64_t heads : {uint64_t{1}, uint64_t{3}, kHeads}) {
      for (const uint64_t dim : kHeadDims) {
        for (const uint64_t positions : {uint64_t{1}, uint64_t{7}, kMaxPositions}) {
          t.fill_elements(type, positions * dim);
          if (!f(type, heads, dim, positions)) return false;
        }
      }
    }
  }
  return true;
}

bool test_attention_scores(Trial& t) {
  return attention_shapes_agree(
      t, [&](uint32_t type, uint64_t heads, uint64_t dim, uint64_t positions) {
        t.fill(t.x, heads * dim);
        const uint64_t stride = positions + 1;
        return t.floats_agree(heads * stride, dim, [&](const KernelTable& k, float* out) {
          k.attention_scores(t.x.data(), heads, dim, type, t.bytes.data(), positions, 0.125f, out,
                             stride);
        });
      });
}

bool test_softmax(Trial& t) {
  float sums[2];
  for (const uint64_t n : kSizes) {
    t.reset(t.floats, n);
    for (int i = 0; i < 2; ++i) sums[i] = t.tables[i]->softmax(t.floats.of[i].data(), n);
    if (!t.same(t.floats, n, n) || !t.same(sums, sums + 1, 1, n)) return false;
  }
  return true;
}

bool test_attention_mix(Trial& t) {
  return attention_shapes_agree(
      t, [&](uint32_t type, uint64_t heads, uint64_t dim, uint64_t positions) {
        const uint64_t stride = positions + 1;
        t.fill(t.x, heads * stride);
        return t.floats_agree(heads * dim, dim, [&](const KernelTable& k, float* out) {
          k.attention_mix(t.x.data(), stride, heads, dim, type, t.bytes.data(), positions, out);
        });
      });
}

bool test_divide(Trial& t) {
  return t.sizes_agree(
      [&](const KernelTable& k, uint64_t n, float* out) { k.divide(out, n, 3.7f); });
}

bool test_activate(Trial& t) {
  for (const uint32_t activation : {BN_ACTIVATION_RELU2, BN_ACTIVATION_SILU}) {
    if (!t.sizes_agree([&](const KernelTable& k, uint64_t n, float* out) {
          k.activate(activation, n, t.x.data(), t.y.data(), out);
        })) {
      return false;
    }
  }
  return true;
}

bool test_add(Trial& t) {
  return t.sizes_agree([&](const KernelTable& k, uint64_t n, float* out) {
    k.add(t.x.data(), t.y.data(), n, out);
  });
}

bool test_head(Trial& t) {
  for (const uint32_t type : kDenseTypes) {
    for (const uint64_t cols : kSizes) {
      t.fill_elements(type, kRows * cols);
      t.fill(t.x, kMaxTokens * cols);
      for (const uint64_t tokens : kTokens) {
        const uint64_t stride = kRows + 3;
        if (!t.floats_agree(tokens * stride, cols, [&](const KernelTable& k, float* out) {
              k.head(type, t.bytes.data(), cols, 1, kRows - 1, t.x.data(), tokens, out, stride);
            })) {
          return false;
        }
      }
    }
  }
  return true;
}

bool test_exp(Trial& t) {
  return t.sizes_agree(
      [&](const KernelTable& k, uint64_t n, float* out) { k.exp(t.x.data(), n, out); });
}

// How many there are depends on the build; none comes from no rounds.
bool test_multiply_adds(Trial& t) {
  const uint64_t none = t.tables[1]->multiply_adds(0), some = t.tables[1]->multiply_adds(3);
  if (none != 0) return t.differs(0, 0, 0, static_cast<double>(none));
  return some > 0 || t.differs(3, 0, 1, 0);
}

struct Entry {
  const char* name;
  uint64_t offset;
  bool (*test)(Trial&);
};

#define BN_ENTRY(name) {#name, offsetof(KernelTable, name), test_##name}

// Every function of a table, in its order.
constexpr Entry kEntries[] = {
    BN_ENTRY(widen),
    BN_ENTRY(rms_norm),
    BN_ENTRY(quantize),
    BN_ENTRY(ternary_matmul),
    BN_ENTRY(rope),
    BN_ENTRY(narrow_f16),
    BN_ENTRY(attention_scores),
    BN_ENTRY(softmax),
    BN_ENTRY(attention_mix),
    BN_ENTRY(divide),
    BN_ENTRY(activate),
    BN_ENTRY(add),
    BN_ENTRY(head),
    BN_ENTRY(exp),
    BN_ENTRY(multiply_adds),
};

using AnyFunction = void (*)();

// The fields of a table that are no functions.
constexpr uint64_t kOtherBytes = offsetof(KernelTable, widen) +
                                 sizeof(KernelTable::scratch_bytes) +
                                 sizeof(KernelTable::panel_rows);
static_assert(sizeof(KernelTable) - kOtherBytes ==
                  sizeof kEntries / sizeof(Entry) * sizeof(AnyFunction),
              "kEntries lacks a function of the table");

bool present(const KernelTable& table, const Entry& entry) {
  AnyFunction function;
  memcpy(&function, reinterpret_cast<const char*>(&table) + entry.offset, sizeof function);
  return function != nullptr;
}

}  // namespace

bool has_entries(const KernelTable& table) {
  for (const Entry& entry : kEntries) {
    if (present(table, entry)) return true;
  }
  return false;
}

void fill_missing(KernelTable* table, const KernelTable& from) {
  if (table->ternary_matmul == nullptr) {
    table->scratch_bytes = from.scratch_bytes;
    table->panel_rows = from.panel_rows;
  }
  for (const Entry& entry : kEntries) {
    if (present(*table, entry)) continue;
    memcpy(reinterpret_cast<char*>(table) + entry.offset,
           reinterpret_cast<const char*>(&from) + entry.offset, sizeof(AnyFunction));
  }
}

int32_t self_test(const KernelTable& table, bn_kernel_fault* fault) {
  Trial trial;
  trial.tables[0] = &kernel_at(0);
  trial.tables[1] = &table;
  trial.fault = fault;
  if (!trial.allocate()) return BN_ERROR_OUT_OF_MEMORY;
  for (const Entry& entry : kEntries) {
    if (!present(table, entry)) continue;
    for (const bool wild : {false, true}) {
      trial.wild = wild;
      if (entry.test(trial)) continue;
      strcpy(fault->entry, entry.name);
      return BN_ERROR_KERNEL_RESULT;
    }
  }
  return BN_OK;
}

}  // namespace bitnet
