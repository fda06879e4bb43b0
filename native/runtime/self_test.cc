#include "runtime/self_test.h"

#include <stddef.h>
#include <string.h>

#include <initializer_list>

#include "kernels/registry.h"
#include "ops/dense.h"
#include "ops/kv_row.h"
#include "runtime/trial.h"

namespace bitnet {
namespace {

constexpr uint32_t kDenseTypes[] = {BN_TYPE_F32,  BN_TYPE_F16,  BN_TYPE_BF16,
                                    BN_TYPE_Q8_0, BN_TYPE_Q6_K, BN_TYPE_Q4_0};

bool test_widen(Trial& t) {
  for (const uint32_t type : kDenseTypes) {
    for (const uint64_t n : kSizes) {
      const uint64_t row_bytes = dense_row_bytes(type, n);
      if (row_bytes == 0) continue;  // not whole blocks
      t.fill_elements(type, row_bytes);
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

bool test_packed_inputs(Trial& t) {
  for (const uint64_t cols : kColumns) {
    t.fill_bytes(t.q.data(), cols);
    const uint64_t n_bytes = packed_input_bytes(cols);
    t.reset(t.int8s, n_bytes);
    for (int i = 0; i < 2; ++i) {
      t.tables[i]->packed_inputs(t.q.data(), cols, t.int8s.of[i].data());
    }
    if (!t.same(t.int8s, n_bytes, cols)) return false;
  }
  return true;
}

bool test_packed_product(Trial& t) {
  constexpr uint64_t kRowsOfTwoGroups = BN_PACKED_ROWS + 7;
  for (const uint64_t cols : kColumns) {
    const uint64_t group_bytes = packed_group_bytes(cols);
    t.fill_bytes(t.q.data(), cols);
    int8_t* const inputs = t.int8s.of[0].data();
    t.tables[0]->packed_inputs(t.q.data(), cols, inputs);
    // Any blocks, the two patterns that stand for nothing included, and counts of negatives as they may be.
    t.fill_bytes(t.bytes.data(), 2 * group_bytes);
    for (uint64_t i = 0; i < 2 * BN_PACKED_ROWS; ++i) {
      const int32_t negatives = static_cast<int32_t>(t.random.bits() % (cols / 3));
      uint8_t* const group = t.bytes.data() + i / BN_PACKED_ROWS * group_bytes;
      memcpy(group + i % BN_PACKED_ROWS * sizeof negatives, &negatives, sizeof negatives);
    }
    const PackedMatrix matrix = {t.bytes.data(), kRowsOfTwoGroups, cols, 0.37f};
    if (!t.floats_agree(kRowsOfTwoGroups, cols, [&](const KernelTable& k, float* out) {
          k.packed_product(&matrix, inputs, 1.7f, 0, 2, out);
        })) {
      return false;
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

// Calls f(kv_type, queries, head_dim, positions) for several shapes, with keys or values in t.bytes.
template <typename F>
bool attention_shapes_agree(Trial& t, const F& f) {
  for (const uint32_t type : {BN_TYPE_F16, BN_TYPE_F32, BN_TYPE_Q8_0}) {
    for (const uint64_t queries : {uint64_t{1}, uint64_t{3}, uint64_t{4}, uint64_t{9}, kQueries}) {
      for (const uint64_t dim : kHeadDims) {
        for (const uint64_t positions : {uint64_t{1}, uint64_t{7}, kMaxPositions}) {
          t.fill_elements(type, positions * kv_row_bytes(type, dim));
          if (!f(type, queries, dim, positions)) return false;
        }
      }
    }
  }
  return true;
}

bool test_attention_scores(Trial& t) {
  return attention_shapes_agree(
      t, [&](uint32_t type, uint64_t queries, uint64_t dim, uint64_t positions) {
        t.fill(t.x, queries * dim);
        const uint64_t stride = positions + 1;
        return t.floats_agree(queries * stride, dim, [&](const KernelTable& k, float* out) {
          k.attention_scores(t.x.data(), queries, dim, type, t.bytes.data(), positions,
                             t.bytes.data(), 0.125f, out, stride);
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
      t, [&](uint32_t type, uint64_t queries, uint64_t dim, uint64_t positions) {
        const uint64_t stride = positions + 1;
        t.fill(t.x, queries * stride);
        return t.floats_agree(queries * dim, dim, [&](const KernelTable& k, float* out) {
          for (const uint64_t begin : {uint64_t{0}, dim / 32 * 16}) {
            k.attention_mix(t.x.data(), stride, queries, dim, type, t.bytes.data(), positions,
                            t.bytes.data(), begin, dim, out);
          }
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
      const uint64_t row_bytes = dense_row_bytes(type, cols);
      if (row_bytes == 0) continue;  // not whole blocks
      t.fill_elements(type, kRows * row_bytes);
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

bool test_screen(Trial& t) {
  for (const uint64_t cols : kColumns) {
    t.fill_bytes(t.q.data(), kRows * cols);
    // As large as they may be with any codes.
    const int64_t fitting = INT32_MAX / (128 * static_cast<int64_t>(cols));
    const int64_t largest = fitting < INT16_MAX ? fitting : INT16_MAX;
    for (uint64_t i = 0; i < kMaxTokens * cols; ++i) {
      t.words[i] = static_cast<int16_t>(t.random.bits() % (2 * largest + 1) - largest);
    }
    for (const uint64_t rows : {uint64_t{1}, uint64_t{6}, kRows}) {
      const uint64_t stride = rows + 3;
      for (const uint64_t tokens : kTokens) {
        t.reset(t.int32s, tokens * stride);
        for (int i = 0; i < 2; ++i) {
          t.tables[i]->screen(t.q.data(), cols, rows, t.words.data(), tokens, t.int32s.of[i].data(),
                              stride);
        }
        if (!t.same(t.int32s, tokens * stride, cols)) return false;
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
    BN_ENTRY(packed_inputs),
    BN_ENTRY(packed_product),
    BN_ENTRY(rope),
    BN_ENTRY(narrow_f16),
    BN_ENTRY(attention_scores),
    BN_ENTRY(softmax),
    BN_ENTRY(attention_mix),
    BN_ENTRY(divide),
    BN_ENTRY(activate),
    BN_ENTRY(add),
    BN_ENTRY(head),
    BN_ENTRY(screen),
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
