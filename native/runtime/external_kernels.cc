#include "runtime/external_kernels.h"

#include <stdio.h>
#include <string.h>

#include <atomic>
#include <initializer_list>

#include "kernels/registry.h"
#include "runtime/array.h"
#include "runtime/self_test.h"

namespace bitnet {
namespace {

// One registration at a time.
class Lock {
 public:
  Lock() {
    while (busy_.test_and_set(std::memory_order_acquire)) busy_.wait(true);
  }
  ~Lock() {
    busy_.clear(std::memory_order_release);
    busy_.notify_one();
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  static inline std::atomic_flag busy_;
};

// What each added build was made of: a table or a dot product.
struct Origin {
  const void* address;
  uint32_t index;
};
Origin origins[kMaxAddedKernels];
uint32_t n_origins = 0;

bool find_origin(const void* address, uint32_t* index) {
  for (uint32_t i = 0; i < n_origins; ++i) {
    if (origins[i].address == address) {
      *index = origins[i].index;
      return true;
    }
  }
  return false;
}

// ---- tables ----

constexpr uint64_t kMaxScratchBytes = uint64_t{1} << 30, kMaxPanelRows = 1 << 16;

bool name_is_fit(const char* name) {
  if (name == nullptr) return false;
  size_t n = 0;
  for (; name[n] != '\0'; ++n) {
    const char c = name[n];
    const bool fit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_';
    if (!fit || n + 1 >= sizeof bn_kernel_info{}.name) return false;
  }
  return n > 0;
}

bool description_is_fit(const char* text) {
  if (text == nullptr) return false;
  size_t n = 0;
  for (; text[n] != '\0'; ++n) {
    if (text[n] < ' ' || text[n] > '~' || n + 1 >= sizeof bn_kernel_info{}.description) return false;
  }
  return n > 0;
}

bool name_is_taken(const char* name) {
  for (uint32_t i = 0; i < kernel_count(); ++i) {
    if (strcmp(kernel_at(i).name, name) == 0) return true;
  }
  return false;
}

int32_t table_fault(bn_kernel_fault* fault, const char* entry, uint64_t expected = 0,
                    uint64_t actual = 0) {
  strcpy(fault->entry, entry);
  fault->expected = static_cast<double>(expected);
  fault->actual = static_cast<double>(actual);
  return BN_ERROR_KERNEL_TABLE;
}

// Tests, completes and lists a table whose fields are right.
int32_t add_table(KernelTable table, const void* origin, uint32_t* index, bn_kernel_fault* fault) {
  if (n_origins == kMaxAddedKernels) return BN_ERROR_KERNEL_LIMIT;
  const int32_t status = self_test(table, fault);
  if (status != BN_OK) return status;
  fill_missing(&table, kernel_at(kernel_best()));
  *index = kernel_add(table);
  origins[n_origins++] = {origin, *index};
  return BN_OK;
}

// ---- dot products ----

struct DotBuild {
  DotFunction dot;
  uint64_t columns;  // most that one call adds up
  char name[32];
  char description[160];
};

constexpr int kMaxDotBuilds = 8;
DotBuild dot_builds[kMaxDotBuilds];
int n_dot_builds = 0;

void multiply(const DotBuild& build, const TernaryMatrix* w, const QuantizedRows* a,
              uint64_t row_begin, uint64_t row_end, float* y, uint64_t y_stride) {
  for (uint64_t r = row_begin; r < row_end; ++r) {
    const uint8_t* codes = w->codes + r * (w->cols / 4);
    for (uint64_t t = 0; t < a->n_tokens; ++t) {
      double sum = 0;  // of integers below 2^31: exact
      for (uint64_t c = 0; c < w->cols; c += build.columns) {
        const uint64_t n = w->cols - c < build.columns ? w->cols - c : build.columns;
        float part = 0;
        build.dot(static_cast<int>(n), &part, 0, codes + c / 4, 0, a->q + t * w->cols + c, 0, 1);
        sum += static_cast<double>(part);
      }
      // The weight is code - 1, so one sum of q comes off.
      const float acc = static_cast<float>(sum - a->sums[t]);
      y[t * y_stride + r] = (acc / a->scales[t]) * w->scale;
    }
  }
}

// A table's functions are given no context, so each build has a function of its own.
template <int I>
void ternary_matmul_of(const TernaryMatrix* w, const QuantizedRows* a, uint64_t row_begin,
                       uint64_t row_end, float* y, uint64_t y_stride, void*) {
  multiply(dot_builds[I], w, a, row_begin, row_end, y, y_stride);
}

constexpr decltype(KernelTable::ternary_matmul) kDotProducts[kMaxDotBuilds] = {
    ternary_matmul_of<0>, ternary_matmul_of<1>, ternary_matmul_of<2>, ternary_matmul_of<3>,
    ternary_matmul_of<4>, ternary_matmul_of<5>, ternary_matmul_of<6>, ternary_matmul_of<7>};

// The most columns a call may get. The first keeps every sum a whole number of a float; the others
// keep sums of 16 bits from overflowing where a lane takes 4 or 8 pairs of products from 128
// columns, as bitnet.cpp's AVX2 and NEON code does: 10 * 4 * 2 * 3 * 128 and 5 * 8 * 2 * 3 * 128 are
// 30720.
constexpr uint64_t kPieces[] = {32768, 1280, 640};
static_assert(kPieces[0] * 3 * 128 < 1 << 24);

struct DotInput {
  Array<uint8_t> codes;
  Array<int8_t> q;
  [[nodiscard]] bool allocate() {
    return codes.allocate(kPieces[0] / 4) && q.allocate(kPieces[0]);
  }
};

// Fills an input; the first patterns are the largest sums of either sign.
void fill(DotInput* input, uint64_t n, int pattern) {
  TestRandom random(n + 1);
  for (uint64_t i = 0; i < n / 4; ++i) {
    input->codes[i] = pattern < 2 ? 0xff : static_cast<uint8_t>(random.bits() >> 24);
  }
  for (uint64_t i = 0; i < n; ++i) {
    input->q[i] = pattern == 0   ? 127
                  : pattern == 1 ? -128
                                 : static_cast<int8_t>(random.bits() >> 24);
  }
}

float exact_dot(const DotInput& input, uint64_t n) {
  int32_t sum = 0;
  for (uint64_t i = 0; i < n; ++i) {
    const uint64_t within = i % 128;
    const int code = (input.codes[i / 128 * 32 + within % 32] >> (6 - 2 * (within / 32))) & 3;
    sum += code * input.q[i];
  }
  return static_cast<float>(sum);
}

// Whether all sums of up to `columns` columns are right.
bool sums_exactly(DotFunction dot, uint64_t columns, DotInput* input, bn_kernel_fault* fault) {
  for (const uint64_t n : {uint64_t{128}, uint64_t{256}, uint64_t{640}, columns - 128, columns}) {
    if (n == 0 || n > columns) continue;
    for (const int pattern : {2, 0, 1}) {
      fill(input, n, pattern);
      const float expected = exact_dot(*input, n);
      float actual = 0;
      dot(static_cast<int>(n), &actual, 0, input->codes.data(), 0, input->q.data(), 0, 1);
      if (actual == expected) continue;
      strcpy(fault->entry, "dot");
      fault->n = n;
      fault->index = 0;
      fault->expected = static_cast<double>(expected);
      fault->actual = static_cast<double>(actual);
      return false;
    }
  }
  return true;
}

int32_t measure_columns(DotFunction dot, uint64_t* columns, bn_kernel_fault* fault) {
  DotInput input;
  if (!input.allocate()) return BN_ERROR_OUT_OF_MEMORY;
  for (const uint64_t piece : kPieces) {
    *columns = piece;
    if (sums_exactly(dot, piece, &input, fault)) return BN_OK;
  }
  return BN_ERROR_KERNEL_RESULT;
}

// "bitnetcpp", or the first of "bitnetcpp2", "bitnetcpp3", ... that no other build has.
void choose_name(DotBuild* build) {
  snprintf(build->name, sizeof build->name, "bitnetcpp");
  for (int i = 2; name_is_taken(build->name); ++i) {
    snprintf(build->name, sizeof build->name, "bitnetcpp%d", i);
  }
}

}  // namespace

int32_t register_table(const KernelTable* table, uint32_t* index, bn_kernel_fault* fault) {
  const Lock lock;
  // The version first: until it fits, nothing else in the table may be believed.
  if (table->version != BN_KERNEL_TABLE_VERSION) {
    return table_fault(fault, "version", BN_KERNEL_TABLE_VERSION, table->version);
  }
  if (table->size != sizeof(KernelTable)) {
    return table_fault(fault, "size", sizeof(KernelTable), table->size);
  }
  if (find_origin(table, index)) return BN_OK;
  if (!name_is_fit(table->name) || name_is_taken(table->name)) return table_fault(fault, "name");
  if (!description_is_fit(table->description)) return table_fault(fault, "description");
  if (table->ternary_matmul != nullptr) {
    if (table->scratch_bytes > kMaxScratchBytes) return table_fault(fault, "scratch_bytes");
    if (table->panel_rows < 1 || table->panel_rows > kMaxPanelRows) {
      return table_fault(fault, "panel_rows");
    }
  }
  if (!has_entries(*table)) return table_fault(fault, "functions");
  if (!kernel_runnable(*table)) return BN_ERROR_KERNEL_NOT_RUNNABLE;
  return add_table(*table, table, index, fault);
}

int32_t register_dot(DotFunction dot, uint32_t* index, bn_kernel_fault* fault) {
  const Lock lock;
  const void* origin = reinterpret_cast<const void*>(dot);
  if (find_origin(origin, index)) return BN_OK;
  if (n_dot_builds == kMaxDotBuilds) return BN_ERROR_KERNEL_LIMIT;
  uint64_t columns;
  const int32_t status = measure_columns(dot, &columns, fault);
  if (status != BN_OK) return status;

  DotBuild& build = dot_builds[n_dot_builds];
  build.dot = dot;
  build.columns = columns;
  choose_name(&build);
  const KernelTable& best = kernel_at(kernel_best());
  snprintf(build.description, sizeof build.description,
           "bitnet.cpp's I2_S dot product on up to %u weights at a time; all else as in %s",
           static_cast<unsigned>(columns), best.name);
  KernelTable table = {};
  table.version = BN_KERNEL_TABLE_VERSION;
  table.size = sizeof table;
  table.name = build.name;
  table.description = build.description;
  table.requirements = best.requirements;
  table.panel_rows = 1;
  table.ternary_matmul = kDotProducts[n_dot_builds];
  const int32_t added = add_table(table, origin, index, fault);
  if (added == BN_OK) ++n_dot_builds;
  return added;
}

}  // namespace bitnet
