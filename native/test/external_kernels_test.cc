// Kernel builds from outside the library: what is refused and why, and that those that are taken
// compute what all others do.
#include <cstring>
#include <string>
#include <vector>

#include "include/bitnet_kernels.h"
#include "kernels/registry.h"
#include "test/compare.h"
#include "test/values.h"

namespace {

const bitnet::KernelTable& scalar() { return bitnet::kernel_at(0); }

bn_kernel_table empty_table(const char* name) {
  bn_kernel_table table = {};
  table.version = BN_KERNEL_TABLE_VERSION;
  table.size = sizeof table;
  table.name = name;
  table.description = "for tests";
  return table;
}

// A table that would be taken.
bn_kernel_table good_table(const char* name) {
  bn_kernel_table table = empty_table(name);
  table.add = scalar().add;
  return table;
}

bn_kernel_fault no_fault() {
  bn_kernel_fault fault = {};
  fault.size = sizeof fault;
  return fault;
}

constexpr uint32_t kUntouched = 12345;

// Expects a refusal: nothing is listed, the index is not written, the fault names the entry.
bn_kernel_fault refused(const bn_kernel_table& table, int32_t status, const char* entry) {
  SCOPE("a fault of %s", entry);
  const uint32_t count = bn_kernel_count();
  uint32_t kernel = kUntouched;
  bn_kernel_fault fault = no_fault();
  CHECK_EQ(bn_kernel_register(&table, &kernel, &fault), status);
  CHECK_EQ(std::string(fault.entry) == entry, true);
  CHECK_EQ(kernel, kUntouched);
  CHECK_EQ(bn_kernel_count(), count);
  return fault;
}

std::string name_of(uint32_t kernel) {
  bn_kernel_info info = {};
  info.size = sizeof info;
  CHECK_EQ(bn_kernel_describe(kernel, &info), BN_OK);
  CHECK_EQ(info.runnable, 1u);
  return info.name;
}

// y of a build for weights and activations that make sums as large as any.
std::vector<float> product(uint32_t kernel, uint64_t cols, int pattern) {
  constexpr uint64_t kRows = 3, kTokens = 2;
  Values values(7);
  std::vector<uint8_t> weights = values.bytes(kRows * cols / 4 + 32);
  if (pattern < 2) std::memset(weights.data(), 0xff, kRows * cols / 4);
  const float scale = 0.5f;
  std::memcpy(&weights[kRows * cols / 4], &scale, sizeof scale);
  std::vector<int8_t> q(kTokens * cols);
  for (int8_t& v : q) {
    v = static_cast<int8_t>(pattern == 0 ? 127 : pattern == 1 ? -128 : values.between(-128, 127));
  }
  const std::vector<float> scales = {3.7f, 0.2f};
  std::vector<float> y(kRows * kTokens);
  CHECK_EQ(bn_op_ternary_matmul(kernel, kTokens, kRows, cols, weights.data(), weights.size(),
                                q.data(), q.size(), scales.data(), scales.size() * 4, y.data(),
                                y.size() * 4),
           BN_OK);
  return y;
}

void multiplies_like_scalar(uint32_t kernel) {
  for (const uint64_t cols : {128, 640, 1280, 1408, 4096, 5120, 32768, 32896, 65536}) {
    for (int pattern = 0; pattern < 3; ++pattern) {
      SCOPE("%llu columns, pattern %d", static_cast<unsigned long long>(cols), pattern);
      CHECK(product(kernel, cols, pattern) == product(0, cols, pattern));
    }
  }
}

}  // namespace

TEST("a table with one function is a build whose other functions are the best build's") {
  static const bn_kernel_table table = good_table("one_function");
  const uint32_t count = bn_kernel_count(), best = bn_kernel_best();
  uint32_t kernel = kUntouched;
  REQUIRE(bn_kernel_register(&table, &kernel, nullptr) == BN_OK);
  CHECK_EQ(kernel, count);
  CHECK_EQ(bn_kernel_count(), count + 1);
  CHECK_EQ(bn_kernel_best(), best);
  CHECK(name_of(kernel) == "one_function");
  CHECK(bitnet::kernel_at(kernel).add == scalar().add);
  CHECK(bitnet::kernel_at(kernel).head == bitnet::kernel_at(best).head);
  multiplies_like_scalar(kernel);
}

TEST("a table that is registered again gets the index it has") {
  static const bn_kernel_table table = good_table("twice");
  uint32_t first = 0, second = 0;
  CHECK_EQ(bn_kernel_register(&table, &first, nullptr), BN_OK);
  const uint32_t count = bn_kernel_count();
  CHECK_EQ(bn_kernel_register(&table, &second, nullptr), BN_OK);
  CHECK_EQ(second, first);
  CHECK_EQ(bn_kernel_count(), count);
}

TEST("a complete table of right functions is taken") {
  static bn_kernel_table table = scalar();
  table.name = "copy_of_scalar";
  uint32_t kernel = 0;
  CHECK_EQ(bn_kernel_register(&table, &kernel, nullptr), BN_OK);
  multiplies_like_scalar(kernel);
}

TEST("a table's fields are checked one by one") {
  bn_kernel_table table = good_table("fields");
  table.version = BN_KERNEL_TABLE_VERSION + 1;
  const bn_kernel_fault version = refused(table, BN_ERROR_KERNEL_TABLE, "version");
  CHECK_EQ(version.expected, double{BN_KERNEL_TABLE_VERSION});
  CHECK_EQ(version.actual, double{BN_KERNEL_TABLE_VERSION + 1});

  table = good_table("fields");
  table.size = 8;
  const bn_kernel_fault size = refused(table, BN_ERROR_KERNEL_TABLE, "size");
  CHECK_EQ(size.expected, static_cast<double>(sizeof table));
  CHECK_EQ(size.actual, 8.0);

  for (const char* name : {static_cast<const char*>(nullptr), "", "two words", "a/b", "caf\xc3\xa9",
                           "scalar", "a_name_that_is_one_letter_too_lo"}) {
    SCOPE("name %s", name == nullptr ? "NULL" : name);
    refused(good_table(name), BN_ERROR_KERNEL_TABLE, "name");
  }
  const std::string long_text(160, 'x');
  for (const char* text : {static_cast<const char*>(nullptr), "", "two\nlines", long_text.c_str()}) {
    table = good_table("fields");
    table.description = text;
    refused(table, BN_ERROR_KERNEL_TABLE, "description");
  }
  table = empty_table("fields");
  table.ternary_matmul = scalar().ternary_matmul;
  refused(table, BN_ERROR_KERNEL_TABLE, "panel_rows");
  table.panel_rows = 1;
  table.scratch_bytes = UINT64_MAX;
  refused(table, BN_ERROR_KERNEL_TABLE, "scratch_bytes");
  refused(empty_table("fields"), BN_ERROR_KERNEL_TABLE, "functions");
}

TEST("a build that this CPU cannot run is refused before any function is called") {
  bn_kernel_table table = empty_table("future");
  table.requirements = uint64_t{1} << 63;
  table.exp = [](const float*, uint64_t, float*) { CHECK(false); };
  refused(table, BN_ERROR_KERNEL_NOT_RUNNABLE, "");
}

// Each entry in turn does what scalar does and then spoils the first element of its result.
#define SPOILED(entry, parameters, arguments, result)                          \
  {                                                                            \
    bn_kernel_table table = empty_table("spoiled");                            \
    table.scratch_bytes = scalar().scratch_bytes;                              \
    table.panel_rows = scalar().panel_rows;                                    \
    table.entry = [] parameters {                                              \
      scalar().entry arguments;                                                \
      result;                                                                  \
    };                                                                         \
    const bn_kernel_fault fault = refused(table, BN_ERROR_KERNEL_RESULT, #entry); \
    CHECK(fault.expected != fault.actual);                                     \
    CHECK(fault.n >= 1);                                                       \
  }

TEST("a wrong result names the function, the input's size and both values") {
  SPOILED(widen, (uint32_t type, const void* x, uint64_t n, float* y), (type, x, n, y), y[n - 1] = 77)
  SPOILED(rms_norm, (const float* x, const float* w, uint64_t n, float e, float* y), (x, w, n, e, y),
          y[n - 1] = 77)
  SPOILED(quantize, (const float* x, uint64_t n, int8_t* q, float* s, int32_t* sum), (x, n, q, s, sum),
          *sum += n > 32)
  SPOILED(rope, (float* x, uint64_t heads, uint64_t dim, const float* cos, const float* sin),
          (x, heads, dim, cos, sin), x[dim] = 77)
  SPOILED(narrow_f16, (const float* x, uint64_t n, uint16_t* y), (x, n, y), y[0] ^= 1)
  SPOILED(attention_scores,
          (const float* q, uint64_t heads, uint64_t dim, uint32_t type, const void* k, uint64_t n,
           const void* next, float scale, float* scores, uint64_t stride),
          (q, heads, dim, type, k, n, next, scale, scores, stride), scores[n - 1] = 77)
  SPOILED(attention_mix,
          (const float* e, uint64_t stride, uint64_t heads, uint64_t dim, uint32_t type,
           const void* v, uint64_t n, const void* next, uint64_t begin, uint64_t end, float* acc),
          (e, stride, heads, dim, type, v, n, next, begin, end, acc), if (heads > 3) acc[begin] = 77)
  SPOILED(divide, (float* x, uint64_t n, float by), (x, n, by), x[0] = 77)
  SPOILED(activate, (uint32_t a, uint64_t n, const float* g, const float* u, float* y),
          (a, n, g, u, y), if (a == BN_ACTIVATION_SILU) y[0] = 77)
  SPOILED(add, (const float* x, const float* z, uint64_t n, float* y), (x, z, n, y), y[0] = 77)
  SPOILED(head,
          (uint32_t type, const void* w, uint64_t cols, uint64_t begin, uint64_t end, const float* x,
           uint64_t tokens, float* y, uint64_t stride),
          (type, w, cols, begin, end, x, tokens, y, stride), if (tokens > 5) y[begin] = 77)
  SPOILED(exp, (const float* x, uint64_t n, float* y), (x, n, y), y[0] = 77)
  SPOILED(ternary_matmul,
          (const bn_ternary_matrix* w, const bn_quantized_rows* a, uint64_t begin, uint64_t end,
           float* y, uint64_t stride, void* scratch),
          (w, a, begin, end, y, stride, scratch), if (w->cols > 640) y[end - 1] = 77)
  bn_kernel_table table = empty_table("spoiled");
  table.softmax = [](float* scores, uint64_t n) { return scalar().softmax(scores, n) + (n > 100); };
  refused(table, BN_ERROR_KERNEL_RESULT, "softmax");
  table = empty_table("spoiled");
  table.multiply_adds = [](uint64_t) { return uint64_t{0}; };
  refused(table, BN_ERROR_KERNEL_RESULT, "multiply_adds");
}

TEST("a build that is wrong for a single element type is refused") {
  static uint32_t wrong_type;
  for (const uint32_t type : {BN_TYPE_F16, BN_TYPE_BF16, BN_TYPE_Q8_0, BN_TYPE_Q6_K, BN_TYPE_Q4_0}) {
    SCOPE("type %u", type);
    wrong_type = type;
    bn_kernel_table table = empty_table("one-type");
    table.widen = [](uint32_t of, const void* x, uint64_t n, float* y) {
      scalar().widen(of, x, n, y);
      if (of == wrong_type) y[n - 1] = 77;
    };
    refused(table, BN_ERROR_KERNEL_RESULT, "widen");
    table = empty_table("one-type");
    table.head = [](uint32_t of, const void* w, uint64_t cols, uint64_t begin, uint64_t end,
                    const float* x, uint64_t tokens, float* y, uint64_t stride) {
      scalar().head(of, w, cols, begin, end, x, tokens, y, stride);
      if (of == wrong_type) y[begin] = 77;
    };
    refused(table, BN_ERROR_KERNEL_RESULT, "head");
  }
  for (const uint32_t type : {BN_TYPE_F16, BN_TYPE_F32, BN_TYPE_Q8_0}) {
    SCOPE("KV type %u", type);
    wrong_type = type;
    bn_kernel_table table = empty_table("one-type");
    table.attention_scores = [](const float* q, uint64_t heads, uint64_t dim, uint32_t of,
                                const void* k, uint64_t n, const void* next, float scale,
                                float* scores, uint64_t stride) {
      scalar().attention_scores(q, heads, dim, of, k, n, next, scale, scores, stride);
      if (of == wrong_type) scores[0] = 77;
    };
    refused(table, BN_ERROR_KERNEL_RESULT, "attention_scores");
  }
}

TEST("a function that writes beyond its result is refused") {
  bn_kernel_table table = empty_table("beyond");
  table.add = [](const float* x, const float* z, uint64_t n, float* y) {
    scalar().add(x, z, n, y);
    if (n == 33) y[n] = 0;
  };
  const bn_kernel_fault fault = refused(table, BN_ERROR_KERNEL_RESULT, "add");
  CHECK_EQ(fault.n, 33u);
  CHECK_EQ(fault.index, 33u);
}

TEST("registering refuses NULL and a fault of another size") {
  const bn_kernel_table table = good_table("null");
  uint32_t kernel = kUntouched;
  CHECK_EQ(bn_kernel_register(nullptr, &kernel, nullptr), BN_ERROR_NULL);
  CHECK_EQ(bn_kernel_register(&table, nullptr, nullptr), BN_ERROR_NULL);
  CHECK_EQ(bn_kernel_register_dot(nullptr, &kernel, nullptr), BN_ERROR_NULL);
  bn_kernel_fault fault = {};
  CHECK_EQ(bn_kernel_register(&table, &kernel, &fault), BN_ERROR_STRUCT_SIZE);
  CHECK_EQ(kernel, kUntouched);
}

// ---- dot products ----

namespace {

int64_t longest_call = 0;

int code_at(const uint8_t* x, int i) {
  return x[i / 128 * 32 + i % 32] >> (6 - 2 * (i % 128 / 32)) & 3;
}

// Number keeps several functions apart.
template <int Number>
void exact_dot(int n, float* s, size_t bs, const void* vx, size_t bx, const void* vy, size_t by,
               int nrc) {
  CHECK(bs == 0 && bx == 0 && by == 0 && nrc == 1 && n % 128 == 0);
  if (n > longest_call) longest_call = n;
  int32_t sum = 0;
  for (int i = 0; i < n; ++i) {
    sum += code_at(static_cast<const uint8_t*>(vx), i) * static_cast<const int8_t*>(vy)[i];
  }
  *s = static_cast<float>(sum);
}

// Sixteen lanes of 16 bits, folded after every 4096 weights: as bitnet.cpp's AVX2 code.
void dot_in_16_bits(int n, float* s, size_t, const void* vx, size_t, const void* vy, size_t, int) {
  if (n > longest_call) longest_call = n;
  int32_t sum = 0;
  int16_t lanes[16] = {};
  for (int i = 0; i < n; ++i) {
    int16_t& lane = lanes[i / 2 % 16];
    lane = static_cast<int16_t>(
        lane + code_at(static_cast<const uint8_t*>(vx), i) * static_cast<const int8_t*>(vy)[i]);
    if (i % 4096 == 4095 || i == n - 1) {
      for (int16_t& l : lanes) {
        sum += l;
        l = 0;
      }
    }
  }
  *s = static_cast<float>(sum);
}

using Dot = void (*)(int, float*, size_t, const void*, size_t, const void*, size_t, int);

int32_t register_dot(Dot dot, uint32_t* kernel, bn_kernel_fault* fault) {
  return bn_kernel_register_dot(reinterpret_cast<const void*>(dot), kernel, fault);
}

}  // namespace

TEST("a right dot product is a build that computes what scalar does, with whole rows") {
  uint32_t kernel = 0, again = 0;
  REQUIRE(register_dot(exact_dot<0>, &kernel, nullptr) == BN_OK);
  CHECK(name_of(kernel) == "bitnetcpp");
  CHECK_EQ(register_dot(exact_dot<0>, &again, nullptr), BN_OK);
  CHECK_EQ(again, kernel);
  multiplies_like_scalar(kernel);
  longest_call = 0;
  product(kernel, 4096, 2);
  CHECK_EQ(longest_call, 4096);
}

TEST("a dot product in 16 bits gets as many weights at a time as it adds up exactly") {
  uint32_t kernel = 0;
  REQUIRE(register_dot(dot_in_16_bits, &kernel, nullptr) == BN_OK);
  CHECK(name_of(kernel) == "bitnetcpp2");
  multiplies_like_scalar(kernel);
  longest_call = 0;
  product(kernel, 4096, 2);
  CHECK_EQ(longest_call, 1280);
}

TEST("a wrong dot product is refused with the sum that it should have given") {
  const uint32_t count = bn_kernel_count();
  uint32_t kernel = kUntouched;
  bn_kernel_fault fault = no_fault();
  const Dot wrong = [](int n, float* s, size_t bs, const void* vx, size_t bx, const void* vy,
                       size_t by, int nrc) {
    exact_dot<0>(n, s, bs, vx, bx, vy, by, nrc);
    *s += 1;
  };
  CHECK_EQ(register_dot(wrong, &kernel, &fault), BN_ERROR_KERNEL_RESULT);
  CHECK(std::string(fault.entry) == "dot");
  CHECK_EQ(fault.n, 128u);
  CHECK_EQ(fault.actual, fault.expected + 1);
  CHECK_EQ(kernel, kUntouched);
  CHECK_EQ(bn_kernel_count(), count);
}

TEST("there is room for 8 dot products and 32 builds") {
  uint32_t kernel = kUntouched;
  for (const Dot dot : {exact_dot<1>, exact_dot<2>, exact_dot<3>, exact_dot<4>, exact_dot<5>,
                        exact_dot<6>}) {
    CHECK_EQ(register_dot(dot, &kernel, nullptr), BN_OK);
  }
  CHECK(name_of(kernel) == "bitnetcpp8");
  CHECK_EQ(register_dot(exact_dot<7>, &kernel, nullptr), BN_ERROR_KERNEL_LIMIT);
  static std::string names[bitnet::kMaxAddedKernels];
  static bn_kernel_table tables[bitnet::kMaxAddedKernels];
  int32_t status = BN_OK;
  for (uint32_t i = 0; i < bitnet::kMaxAddedKernels && status == BN_OK; ++i) {
    names[i] = "many" + std::to_string(i);
    tables[i] = good_table(names[i].c_str());
    status = bn_kernel_register(&tables[i], &kernel, nullptr);
  }
  CHECK_EQ(status, BN_ERROR_KERNEL_LIMIT);
  const uint32_t own = bn_kernel_count() - bitnet::kMaxAddedKernels;
  CHECK(own >= 1 && own < 8);
  CHECK(name_of(bn_kernel_count() - 1).starts_with("many"));
}
