// Every kernel of every build against the plain reference, to the bit: awkward sizes, extreme and
// broken values, buffers that end or begin at a forbidden page.
#include <algorithm>
#include <cstring>

#include "test/builds.h"
#include "test/compare.h"
#include "test/guarded.h"
#include "test/values.h"

using bitnet::KernelTable;
using bitnet::QuantizedRows;
using bitnet::TernaryMatrix;

namespace {

constexpr uint64_t kSizes[] = {1, 2, 15, 16, 17, 31, 32, 33, 127, 128, 129, 255, 640, 2560};
constexpr Guard kGuards[] = {Guard::kAfter, Guard::kBefore};

// Calls f(table, fill, guard, values) for every combination, with the scope set.
template <typename F>
void for_every_case(F f) {
  for (const TestBuild& build : test_builds()) {
    for (const Fill fill : kFills) {
      for (const Guard guard : kGuards) {
        SCOPE("build %s, fill %d, guard %d", build.label, static_cast<int>(fill),
              static_cast<int>(guard));
        Values values(1234 + static_cast<uint32_t>(fill));
        f(*build.table, fill, guard, values);
      }
    }
  }
}

unsigned long long number(uint64_t n) { return n; }

// Random blocks whose F16 scales have the fill.
std::vector<uint8_t> blocks(Values& values, uint32_t type, uint64_t n, Fill fill) {
  const uint64_t block_bytes = reference::bytes_of(type, reference::block_elements(type));
  std::vector<uint8_t> bytes = values.bytes(reference::bytes_of(type, n));
  for (uint64_t at = 0; at < bytes.size(); at += block_bytes) {
    uint16_t d = reference::narrow_f16(values.one(fill));
    if (fill == Fill::kBroken && values.bits() % 2) d = static_cast<uint16_t>(values.bits());
    std::memcpy(&bytes[at + (type == BN_TYPE_Q6_K ? block_bytes - 2 : 0)], &d, 2);
  }
  return bytes;
}

// n elements of an element type: random bit patterns for kBroken, else ordinary ones narrowed.
std::vector<uint8_t> elements(Values& values, uint32_t type, uint64_t n, Fill fill) {
  if (reference::block_elements(type) > 1) return blocks(values, type, n, fill);
  std::vector<uint8_t> bytes(reference::bytes_of(type, n));
  for (uint64_t i = 0; i < n; ++i) {
    const float f = values.one(fill);
    if (type == BN_TYPE_F32) {
      std::memcpy(&bytes[4 * i], &f, 4);
    } else {
      uint16_t h = type == BN_TYPE_F16 ? reference::narrow_f16(f)
                                       : static_cast<uint16_t>(reference::to_bits(f) >> 16);
      if (fill == Fill::kBroken) h = static_cast<uint16_t>(values.bits());
      std::memcpy(&bytes[2 * i], &h, 2);
    }
  }
  return bytes;
}

std::vector<float> widened(uint32_t type, const std::vector<uint8_t>& bytes) {
  const uint64_t block = reference::block_elements(type);
  std::vector<float> v(bytes.size() / reference::bytes_of(type, block) * block);
  for (uint64_t i = 0; i < v.size(); ++i) v[i] = reference::widen(type, bytes.data(), i);
  return v;
}

// Keys or values of n_positions as a KV store holds them.
std::vector<uint8_t> kv_rows(Values& values, uint32_t type, uint64_t n_positions, uint64_t d,
                             Fill fill) {
  if (type != BN_TYPE_Q8_0) return elements(values, type, n_positions * d, fill);
  std::vector<uint8_t> rows;
  for (uint64_t t = 0; t < n_positions; ++t) {
    const std::vector<uint8_t> scales = elements(values, BN_TYPE_F16, (d + 31) / 32, fill);
    const std::vector<uint8_t> q = values.bytes(d);
    rows.insert(rows.end(), scales.begin(), scales.end());
    rows.insert(rows.end(), q.begin(), q.end());
  }
  return rows;
}

// A kernel's scratch, ending at a forbidden page: aligned because its bytes are a multiple of 64.
struct Scratch : Guarded<uint8_t> {
  explicit Scratch(const KernelTable& table)
      : Guarded((table.scratch_bytes + 63) / 64 * 64, Guard::kAfter) {
    std::memset(data(), 0xa5, size());
  }
};

constexpr uint32_t kTypes[] = {BN_TYPE_F32,  BN_TYPE_F16,  BN_TYPE_BF16,
                               BN_TYPE_Q8_0, BN_TYPE_Q6_K, BN_TYPE_Q4_0};

bool whole_blocks(uint32_t type, uint64_t n) { return n % reference::block_elements(type) == 0; }

}  // namespace

TEST("there is a build to test") { CHECK(!test_builds().empty()); }

TEST("widening gives every one of the 65536 F16 and BF16 values exactly") {
  std::vector<uint16_t> all(65536);
  for (uint32_t i = 0; i < 65536; ++i) all[i] = static_cast<uint16_t>(i);
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    std::vector<float> y(65536), expected(65536);
    for (const uint32_t type : {BN_TYPE_F16, BN_TYPE_BF16}) {
      build.table->widen(type, all.data(), 65536, y.data());
      for (uint32_t i = 0; i < 65536; ++i) {
        const auto h = static_cast<uint16_t>(i);
        expected[i] =
            type == BN_TYPE_F16 ? reference::widen_f16(h) : reference::widen_bf16(h);
      }
      CHECK_SAME(y.data(), expected.data(), 65536);
    }
  }
}

TEST("widening reads and writes exactly n elements") {
  for_every_case([](const KernelTable& table, Fill fill, Guard guard, Values& values) {
    for (const uint64_t n : kSizes) {
      for (const uint32_t type : kTypes) {
        if (!whole_blocks(type, n)) continue;
        SCOPE("n %llu, type %u", number(n), type);
        const std::vector<uint8_t> bytes = elements(values, type, n, fill);
        Guarded<uint8_t> x(bytes, guard);
        Guarded<float> y(n, guard);
        table.widen(type, x.data(), n, y.data());
        CHECK_SAME(y.data(), widened(type, bytes).data(), n);
      }
    }
  });
}

TEST("every code of a block widens to its value, whatever its neighbours") {
  // Block 0 has all bits 0, block 1 all bits 1; the rest are random.
  for (const TestBuild& build : test_builds()) {
    for (const uint32_t type : {BN_TYPE_Q8_0, BN_TYPE_Q6_K, BN_TYPE_Q4_0}) {
      SCOPE("build %s, type %u", build.label, type);
      Values values(21);
      const uint64_t n = 64 * reference::block_elements(type);
      std::vector<uint8_t> bytes = blocks(values, type, n, Fill::kBroken);
      const uint64_t block_bytes = bytes.size() / 64;
      std::memset(bytes.data(), 0, block_bytes);
      std::memset(&bytes[block_bytes], 0xff, block_bytes);
      const uint64_t scale_at = type == BN_TYPE_Q6_K ? block_bytes - 2 : 0;
      for (uint64_t b = 0; b < 64; b += 1 + b % 2) {
        const uint16_t d = reference::narrow_f16(b % 3 ? -0.37f : 0.0006f);
        std::memcpy(&bytes[b * block_bytes + scale_at], &d, 2);
      }
      std::vector<float> y(n);
      build.table->widen(type, bytes.data(), n, y.data());
      CHECK_SAME(y.data(), widened(type, bytes).data(), n);
    }
  }
}

TEST("narrowing to F16 rounds to nearest even at every boundary") {
  // Around each F16 value: the value, the midpoint to the next, and the floats beside both.
  std::vector<float> x;
  for (uint32_t h = 0; h < 0x7c00; ++h) {
    const float value = reference::widen_f16(static_cast<uint16_t>(h));
    const float next = h == 0x7bff ? 65536.0f : reference::widen_f16(static_cast<uint16_t>(h + 1));
    for (const float center : {value, (value + next) / 2}) {
      for (const float f : {std::nextafter(center, -1e9f), center, std::nextafter(center, 1e9f)}) {
        x.push_back(f);
        x.push_back(-f);
      }
    }
  }
  for (const float f : {HUGE_VALF, -HUGE_VALF, 3e38f, 1e-45f, -1e-45f, 65519.996f, 65520.0f}) {
    x.push_back(f);
  }
  x.push_back(std::nanf(""));
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    std::vector<uint16_t> y(x.size());
    build.table->narrow_f16(x.data(), x.size(), y.data());
    std::vector<float> actual(x.size()), expected(x.size());
    for (uint64_t i = 0; i < x.size(); ++i) {
      actual[i] = reference::widen_f16(y[i]);
      expected[i] = reference::widen_f16(reference::narrow_f16(x[i]));
    }
    CHECK_SAME(actual.data(), expected.data(), x.size());
  }
}

TEST("narrowing to F16 reads and writes exactly n elements") {
  for_every_case([](const KernelTable& table, Fill fill, Guard guard, Values& values) {
    for (const uint64_t n : kSizes) {
      SCOPE("n %llu", number(n));
      Guarded<float> x(values.floats(n, fill), guard);
      Guarded<uint16_t> y(n, guard);
      table.narrow_f16(x.data(), n, y.data());
      std::vector<float> actual(n), expected(n);
      for (uint64_t i = 0; i < n; ++i) {
        actual[i] = reference::widen_f16(y[i]);
        expected[i] = reference::widen_f16(reference::narrow_f16(x[i]));
      }
      CHECK_SAME(actual.data(), expected.data(), n);
    }
  });
}

TEST("the RMS norm equals the reference, in place too") {
  for_every_case([](const KernelTable& table, Fill fill, Guard guard, Values& values) {
    for (const uint64_t n : kSizes) {
      for (const float eps : {1e-5f, 0.0f}) {
        SCOPE("n %llu, epsilon %g", number(n), static_cast<double>(eps));
        const std::vector<float> x = values.floats(n, fill), w = values.floats(n, Fill::kExtreme);
        std::vector<float> expected(n);
        reference::rms_norm(x.data(), w.data(), n, eps, expected.data());
        Guarded<float> gx(x, guard), gw(w, guard), y(n, guard);
        table.rms_norm(gx.data(), gw.data(), n, eps, y.data());
        CHECK_SAME(y.data(), expected.data(), n);
        table.rms_norm(gx.data(), gw.data(), n, eps, gx.data());
        CHECK_SAME(gx.data(), expected.data(), n);
      }
    }
  });
}

TEST("quantisation equals the reference, its sum included") {
  for_every_case([](const KernelTable& table, Fill fill, Guard guard, Values& values) {
    for (const uint64_t n : kSizes) {
      SCOPE("n %llu", number(n));
      const std::vector<float> x = values.floats(n, fill);
      std::vector<int8_t> expected(n);
      const float expected_scale = reference::quantize(x.data(), n, expected.data());
      int32_t expected_sum = 0;
      for (const int8_t q : expected) expected_sum += q;
      Guarded<float> gx(x, guard);
      Guarded<int8_t> q(n, guard);
      float scale = -1;
      int32_t sum = -1;
      table.quantize(gx.data(), n, q.data(), &scale, &sum);
      CHECK(std::memcmp(q.data(), expected.data(), n) == 0);
      CHECK_SAME(&scale, &expected_scale, 1);
      CHECK_EQ(sum, expected_sum);
    }
  });
}

TEST("quantisation rounds halves to even and reaches 127 but never 128") {
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    // The largest element is 127, so the scale is 1 and the others are their own quotients.
    std::vector<float> x = {127, -127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 126.5f, 125.5f, -0.0f,
                            0.49999997f, 0.50000006f};
    std::vector<int8_t> q(x.size());
    float scale;
    int32_t sum;
    build.table->quantize(x.data(), x.size(), q.data(), &scale, &sum);
    const int8_t expected[] = {127, -127, 0, 2, 2, 0, -2, 126, 126, 0, 0, 1};
    CHECK_EQ(scale, 1.0f);
    CHECK(std::memcmp(q.data(), expected, sizeof expected) == 0);
    // Every magnitude: a lone element is its own maximum and gives 127 or -127 (0 below the floor).
    Values values(5);
    for (int i = 0; i < 20000; ++i) {
      const float f = reference::from_bits(values.bits());
      int8_t lone;
      build.table->quantize(&f, 1, &lone, &scale, &sum);
      int8_t wanted;
      reference::quantize(&f, 1, &wanted);
      if (lone != wanted) CHECK_EQ(lone, wanted);
    }
  }
}

TEST("a NaN after a lane's largest value does not hide that value") {
  for (const TestBuild& build : test_builds()) {
    for (uint64_t largest = 0; largest < 16; ++largest) {
      SCOPE("build %s, lane %llu", build.label, number(largest));
      std::vector<float> x(64, 1.0f);
      x[largest] = 4;
      x[largest + 16] = std::nanf("");
      x[largest + 32] = 2;
      std::vector<int8_t> q(64), expected_q(64);
      float scale;
      int32_t sum;
      build.table->quantize(x.data(), 64, q.data(), &scale, &sum);
      CHECK_EQ(scale, 127.0f / 4);
      CHECK_EQ(q[largest], 127);
      CHECK_EQ(q[largest + 16], 0);

      std::vector<float> expected(64);
      for (uint64_t i = 0; i < 64; ++i) expected[i] = reference::exp(x[i] - 4);
      build.table->softmax(x.data(), 64);
      CHECK_SAME(x.data(), expected.data(), 64);
    }
  }
}

TEST("ternary products equal the reference for all shapes, codes and activations") {
  // Several panels of rows and of columns, and what is left over of each and of each tile.
  const uint64_t rows_list[] = {1, 2, 3, 5, 8, 31, 71, 277};
  const uint64_t cols_list[] = {128, 256, 640, 1408, 2560, 6912, 6912 + 128};
  for (const TestBuild& build : test_builds()) {
    Values values(77);
    Scratch scratch(*build.table);
    for (const uint64_t rows : rows_list) {
      for (const uint64_t cols : cols_list) {
        for (const uint64_t n_tokens :
             {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 24, 25, 37}) {
          // Large shapes with a few token counts only: the tiles' edges are the same.
          const bool few_counts = n_tokens <= 2 || n_tokens == 11 || n_tokens == 25;
          if (rows * cols > 20000 && !few_counts) continue;
          if (rows > 100 && cols > 256 && cols != 6912) continue;
          SCOPE("build %s, rows %llu, cols %llu, tokens %llu", build.label, number(rows),
                number(cols), number(n_tokens));
          const Guard guard = n_tokens % 2 == 0 ? Guard::kBefore : Guard::kAfter;
          Guarded<uint8_t> codes(values.bytes(rows * cols / 4), guard);
          Guarded<int8_t> q(n_tokens * cols, guard);
          for (uint64_t i = 0; i < q.size(); ++i) q[i] = static_cast<int8_t>(values.bits());
          Guarded<float> scales(n_tokens, guard);
          Guarded<int32_t> sums(n_tokens, guard);
          for (uint64_t t = 0; t < n_tokens; ++t) {
            scales[t] = values.one(Fill::kOrdinary);
            sums[t] = 0;
            for (uint64_t c = 0; c < cols; ++c) sums[t] += q[t * cols + c];
          }
          const float w = values.ordinary();
          const TernaryMatrix matrix = {codes.data(), rows, cols, w};
          const QuantizedRows input = {q.data(), scales.data(), sums.data(), n_tokens};
          Guarded<float> y(n_tokens * rows, guard);
          std::vector<float> expected(n_tokens * rows);
          for (uint64_t t = 0; t < n_tokens; ++t) {
            for (uint64_t r = 0; r < rows; ++r) {
              expected[t * rows + r] = reference::ternary(codes.data(), w, cols, r,
                                                          q.data() + t * cols, scales[t]);
            }
          }
          build.table->ternary_matmul(&matrix, &input, 0, rows, y.data(), rows, scratch.data());
          CHECK_SAME(y.data(), expected.data(), n_tokens * rows);
        }
      }
    }
  }
}

TEST("a ternary product over a range of rows leaves the other rows' results alone") {
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    Values values(3);
    Scratch scratch(*build.table);
    const uint64_t rows = 13, cols = 256, n_tokens = 5, stride = 20;
    const std::vector<uint8_t> codes = values.bytes(rows * cols / 4);
    std::vector<int8_t> q(n_tokens * cols, 3);
    std::vector<float> scales(n_tokens, 2.0f);
    std::vector<int32_t> sums(n_tokens, 3 * 256);
    const TernaryMatrix matrix = {codes.data(), rows, cols, 0.5f};
    const QuantizedRows input = {q.data(), scales.data(), sums.data(), n_tokens};
    std::vector<float> y(n_tokens * stride, -7.0f), expected = y;
    for (uint64_t t = 0; t < n_tokens; ++t) {
      for (uint64_t r = 3; r < 9; ++r) {
        expected[t * stride + r] =
            reference::ternary(codes.data(), 0.5f, cols, r, q.data() + t * cols, 2.0f);
      }
    }
    build.table->ternary_matmul(&matrix, &input, 3, 9, y.data(), stride, scratch.data());
    CHECK_SAME(y.data(), expected.data(), y.size());
  }
}

TEST("the largest possible ternary sums do not overflow") {
  const uint64_t cols_list[] = {640, 6912, 65536, BN_MAX_COLUMNS};
  for (const TestBuild& build : test_builds()) {
    Scratch scratch(*build.table);
    for (const uint64_t cols : cols_list) {
      for (const int code : {0, 1, 2, 3}) {
        for (const int value : {127, -127, -128}) {
          for (const uint64_t n_tokens : {1, 7}) {
            SCOPE("build %s, cols %llu, code %d, q %d, tokens %llu", build.label, number(cols),
                  code, value, number(n_tokens));
            const std::vector<uint8_t> codes(5 * cols / 4, static_cast<uint8_t>(code * 0x55));
            const std::vector<int8_t> q(n_tokens * cols, static_cast<int8_t>(value));
            const std::vector<float> scales(n_tokens, 1.0f);
            const std::vector<int32_t> sums(n_tokens, value * static_cast<int32_t>(cols));
            const TernaryMatrix matrix = {codes.data(), 5, cols, 1.0f};
            const QuantizedRows input = {q.data(), scales.data(), sums.data(), n_tokens};
            std::vector<float> y(5 * n_tokens);
            build.table->ternary_matmul(&matrix, &input, 0, 5, y.data(), 5, scratch.data());
            const int64_t sum = int64_t{code - 1} * value * static_cast<int64_t>(cols);
            for (const float f : y) CHECK_EQ(f, static_cast<float>(sum));
          }
        }
      }
    }
  }
}

TEST("the speed limit's loop counts what it multiplied, in proportion to its rounds") {
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    const uint64_t one = build.table->multiply_adds(1);
    CHECK(one >= 1);
    CHECK_EQ(build.table->multiply_adds(0), 0u);
    CHECK_EQ(build.table->multiply_adds(1000), 1000 * one);
  }
}

TEST("ternary products with broken scales follow IEEE arithmetic") {
  for_every_case([](const KernelTable& table, Fill fill, Guard, Values& values) {
    const uint64_t cols = 128, n_tokens = 8;
    Scratch scratch(table);
    const std::vector<uint8_t> codes = values.bytes(cols / 4);
    std::vector<int8_t> q(n_tokens * cols);
    for (int8_t& v : q) v = static_cast<int8_t>(values.between(-127, 127));
    std::vector<int32_t> sums(n_tokens, 0);
    for (uint64_t i = 0; i < q.size(); ++i) sums[i / cols] += q[i];
    const std::vector<float> scales = values.floats(n_tokens, fill);
    const float w = values.one(fill);
    const TernaryMatrix matrix = {codes.data(), 1, cols, w};
    const QuantizedRows input = {q.data(), scales.data(), sums.data(), n_tokens};
    std::vector<float> y(n_tokens), expected(n_tokens);
    for (uint64_t t = 0; t < n_tokens; ++t) {
      expected[t] = reference::ternary(codes.data(), w, cols, 0, &q[t * cols], scales[t]);
    }
    table.ternary_matmul(&matrix, &input, 0, 1, y.data(), 1, scratch.data());
    CHECK_SAME(y.data(), expected.data(), n_tokens);
  });
}

TEST("RoPE equals the reference for every even head size") {
  for_every_case([](const KernelTable& table, Fill fill, Guard guard, Values& values) {
    for (const uint64_t d : {2, 4, 30, 32, 34, 62, 64, 66, 80, 128, 256}) {
      SCOPE("head_dim %llu", number(d));
      const uint64_t n_heads = 3;
      std::vector<float> x = values.floats(n_heads * d, fill);
      Guarded<float> gx(x, guard), cos(values.floats(d / 2, Fill::kOrdinary), guard),
          sin(values.floats(d / 2, Fill::kExtreme), guard);
      for (uint64_t h = 0; h < n_heads; ++h) {
        reference::rope(x.data() + h * d, d, cos.data(), sin.data());
      }
      table.rope(gx.data(), n_heads, d, cos.data(), sin.data());
      CHECK_SAME(gx.data(), x.data(), n_heads * d);
    }
  });
}

TEST("exp equals the reference for floats spread over all bit patterns") {
  constexpr uint64_t n = 4096;
#if defined(BITNET_TESTS_EMULATED)
  constexpr uint64_t distance = 64;  // of blocks: 1/4096 of all floats, as an emulator takes its time
#else
  constexpr uint64_t distance = 1;  // 1/64 of all floats
#endif
  const std::vector<TestBuild> builds = test_builds();
  std::vector<float> x(n), y(n), expected(n);
  bool fine = true;
  for (uint64_t first = 0; first < (uint64_t{1} << 26) && fine; first += n * distance) {
    for (uint64_t i = 0; i < n; ++i) {
      x[i] = reference::from_bits(static_cast<uint32_t>((first + i) * 64 + (first / n) % 61));
      expected[i] = reference::exp(x[i]);
    }
    for (const TestBuild& build : builds) {
      SCOPE("build %s", build.label);
      build.table->exp(x.data(), n, y.data());
      fine = CHECK_SAME(y.data(), expected.data(), n) && fine;
    }
  }
}

TEST("exp equals the reference for every float around each change of its power of two") {
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    std::vector<float> x;
    for (int k = -127; k <= 128; ++k) {
      // x / ln 2 is near k + 1/2: the rounding to k or k + 1 changes here.
      float f = static_cast<float>((k + 0.5) * 0.6931471805599453);
      for (int i = 0; i < 40; ++i) f = std::nextafter(f, -1e9f);
      for (int i = 0; i < 80; ++i) {
        x.push_back(f);
        f = std::nextafter(f, 1e9f);
      }
    }
    std::vector<float> y(x.size()), expected(x.size());
    for (uint64_t i = 0; i < x.size(); ++i) expected[i] = reference::exp(x[i]);
    build.table->exp(x.data(), x.size(), y.data());
    CHECK_SAME(y.data(), expected.data(), x.size());
  }
}

TEST("exp has its limits where they are written") {
  const float high = 0x1.62e42ep+6f, low = -0x1.5d589ep+6f;
  const std::vector<float> x = {high,  std::nextafter(high, 100.0f), low,  std::nextafter(low, -100.0f),
                                0.0f,  -0.0f,                        1.0f, HUGE_VALF,
                                -HUGE_VALF, std::nanf("")};
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    std::vector<float> y(x.size()), expected(x.size());
    build.table->exp(x.data(), x.size(), y.data());
    for (uint64_t i = 0; i < x.size(); ++i) expected[i] = reference::exp(x[i]);
    CHECK_SAME(y.data(), expected.data(), x.size());
    CHECK(std::isfinite(y[0]));
    CHECK_EQ(y[1], HUGE_VALF);
    CHECK(y[2] >= 0x1p-126f);
    CHECK_EQ(y[3], 0.0f);
    CHECK_EQ(y[4], 1.0f);
    CHECK_EQ(y[5], 1.0f);
    CHECK_EQ(y[7], HUGE_VALF);
    CHECK_EQ(y[8], 0.0f);
    CHECK(std::isnan(y[9]));
  }
}

TEST("exp, the gates, residuals and divisions touch exactly n elements, in place too") {
  for_every_case([](const KernelTable& table, Fill fill, Guard guard, Values& values) {
    for (const uint64_t n : kSizes) {
      SCOPE("n %llu", number(n));
      const std::vector<float> a = values.floats(n, fill), b = values.floats(n, fill);
      std::vector<float> expected(n);
      Guarded<float> y(n, guard);

      for (uint64_t i = 0; i < n; ++i) expected[i] = reference::exp(a[i]);
      Guarded<float> in_place(a, guard);
      table.exp(in_place.data(), n, in_place.data());
      CHECK_SAME(in_place.data(), expected.data(), n);

      for (const uint32_t activation : {BN_ACTIVATION_RELU2, BN_ACTIVATION_SILU}) {
        SCOPE("activation %u", activation);
        Guarded<float> gate(a, guard), up(b, guard);
        for (uint64_t i = 0; i < n; ++i) {
          expected[i] = reference::activate(activation, a[i], b[i]);
        }
        table.activate(activation, n, gate.data(), up.data(), y.data());
        CHECK_SAME(y.data(), expected.data(), n);
        table.activate(activation, n, gate.data(), up.data(), gate.data());
        CHECK_SAME(gate.data(), expected.data(), n);
        std::memcpy(gate.data(), a.data(), n * sizeof(float));
        table.activate(activation, n, gate.data(), up.data(), up.data());
        CHECK_SAME(up.data(), expected.data(), n);
      }

      Guarded<float> x(a, guard), z(b, guard);
      for (uint64_t i = 0; i < n; ++i) expected[i] = a[i] + b[i];
      table.add(x.data(), z.data(), n, x.data());
      CHECK_SAME(x.data(), expected.data(), n);

      const float by = values.one(fill);
      for (uint64_t i = 0; i < n; ++i) expected[i] = b[i] / by;
      table.divide(z.data(), n, by);
      CHECK_SAME(z.data(), expected.data(), n);
    }
  });
}

void check_head(const KernelTable& table, Fill fill, Guard guard, Values& values, uint32_t type,
                uint64_t cols, uint64_t rows, uint64_t n_tokens) {
  if (!whole_blocks(type, cols)) return;
  SCOPE("cols %llu, rows %llu, tokens %llu, type %u", number(cols), number(rows), number(n_tokens),
        type);
  const std::vector<uint8_t> bytes = elements(values, type, rows * cols, fill);
  const uint64_t row_bytes = reference::bytes_of(type, cols);
  Guarded<uint8_t> weights(bytes, guard);
  Guarded<float> x(values.floats(n_tokens * cols, fill), guard), y(n_tokens * rows, guard);
  std::vector<float> expected(n_tokens * rows);
  for (uint64_t t = 0; t < n_tokens; ++t) {
    for (uint64_t r = 0; r < rows; ++r) {
      expected[t * rows + r] =
          reference::head(type, &bytes[r * row_bytes], x.data() + t * cols, cols);
    }
  }
  table.head(type, weights.data(), cols, 0, rows, x.data(), n_tokens, y.data(), rows);
  CHECK_SAME(y.data(), expected.data(), n_tokens * rows);
}

TEST("head rows equal the reference for every type, row count and token count") {
  for_every_case([](const KernelTable& table, Fill fill, Guard guard, Values& values) {
    for (const uint64_t cols : {1, 15, 16, 17, 31, 32, 128, 129, 256, 640, 768}) {
      for (const uint64_t rows : {1, 3, 4, 9}) {
        for (const uint64_t n_tokens : {1, 2, 5}) {
          for (const uint32_t type : kTypes) {
            check_head(table, fill, guard, values, type, cols, rows, n_tokens);
          }
        }
      }
    }
  });
}

TEST("head rows equal the reference where rows, columns and tokens make more than one group") {
  for_every_case([](const KernelTable& table, Fill fill, Guard guard, Values& values) {
    for (const uint64_t cols : {533, 1280, 5376}) {
      for (const uint64_t n_tokens : {3, 4, 7, 17}) {
        for (const uint32_t type : kTypes) {
          check_head(table, fill, guard, values, type, cols, 26, n_tokens);
        }
      }
    }
  });
}

TEST("a lane that sums to minus zero keeps its sign past the tail") {
  // Each product underflows to -0, so the lane's sum is -0 + -0... only when it is not padded.
  for (const TestBuild& build : test_builds()) {
    for (uint64_t n = 1; n <= 40; ++n) {
      SCOPE("build %s, n %llu", build.label, number(n));
      const std::vector<float> w(n, 1e-30f), x(n, -1e-30f);
      float y = 1;
      const float expected = reference::dot(w.data(), x.data(), n);
      build.table->head(BN_TYPE_F32, w.data(), n, 0, 1, x.data(), 1, &y, 1);
      CHECK_SAME(&y, &expected, 1);
    }
  }
}

// Codes, inputs and exact sums of a screened head; the largest there may be, or random ones.
struct ScreenCase {
  ScreenCase(uint64_t cols_, uint64_t rows_, uint64_t tokens_, bool largest)
      : cols(cols_), rows(rows_), tokens(tokens_), codes(rows * cols, -128), sums(tokens * rows) {
    const int64_t most = std::min<int64_t>(INT16_MAX, INT32_MAX / (128 * static_cast<int64_t>(cols)));
    x.assign(tokens * cols, static_cast<int16_t>(-most));
    if (!largest) {
      Values values(static_cast<uint32_t>(cols + rows + tokens));
      for (int8_t& code : codes) code = static_cast<int8_t>(values.bits());
      for (int16_t& i : x) {
        i = static_cast<int16_t>(values.between(static_cast<int>(-most), static_cast<int>(most)));
      }
    }
    for (uint64_t t = 0; t < tokens; ++t) {
      for (uint64_t i = 0; i < codes.size(); ++i) {
        sums[t * rows + i / cols] += codes[i] * x[t * cols + i % cols];
      }
    }
  }

  uint64_t cols, rows, tokens;
  std::vector<int8_t> codes;
  std::vector<int16_t> x;
  std::vector<int32_t> sums;
};

TEST("a screened head's sums are exact for every row and token count, up to the largest there may be") {
  for (const TestBuild& build : test_builds()) {
    for (const Guard guard : kGuards) {
      for (const uint64_t cols : {128, 640, 2560}) {
        for (const uint64_t rows : {1, 3, 4, 9}) {
          for (const uint64_t tokens : {1, 2, 3, 8}) {
            for (const bool largest : {false, true}) {
              SCOPE("build %s, guard %d, cols %llu, rows %llu, tokens %llu, largest %d", build.label,
                    static_cast<int>(guard), number(cols), number(rows), number(tokens), largest);
              const ScreenCase c(cols, rows, tokens, largest);
              Guarded<int8_t> codes(c.codes, guard);
              Guarded<int16_t> x(c.x, guard);
              const uint64_t stride = rows + 2;
              const int32_t untouched = 77;
              Guarded<int32_t> sums(std::vector<int32_t>((tokens - 1) * stride + rows, untouched), guard);
              build.table->screen(codes.data(), cols, rows, x.data(), tokens, sums.data(), stride);
              for (uint64_t i = 0; i < sums.size(); ++i) {
                const uint64_t t = i / stride, r = i % stride;
                CHECK_EQ(sums[i], r < rows ? c.sums[t * rows + r] : untouched);
              }
            }
          }
        }
      }
    }
  }
}

TEST("scores, softmax and mixing equal the reference, block by block") {
  for_every_case([](const KernelTable& table, Fill fill, Guard guard, Values& values) {
    for (const uint64_t d : {2, 16, 18, 80, 128, 272}) {
      for (const uint64_t n_queries : {1, 4, 5, 32}) {
        for (const uint64_t n_positions : {1, 15, 16, 17, 45, 97}) {
          for (const uint32_t type : {BN_TYPE_F16, BN_TYPE_F32, BN_TYPE_Q8_0}) {
            SCOPE("head_dim %llu, queries %llu, positions %llu, type %u", number(d),
                  number(n_queries), number(n_positions), type);
            const float scale = 0.125f;
            const std::vector<uint8_t> kb = kv_rows(values, type, n_positions, d, fill);
            const std::vector<uint8_t> vb = kv_rows(values, type, n_positions, d, fill);
            const std::vector<float> kf = reference::widen_kv(type, kb.data(), n_positions, d);
            const std::vector<float> vf = reference::widen_kv(type, vb.data(), n_positions, d);
            Guarded<float> q(values.floats(n_queries * d, fill), guard);
            Guarded<uint8_t> k(kb, guard), v(vb, guard);
            Guarded<float> e(n_queries * n_positions, guard), out(n_queries * d, guard);
            std::vector<float> expected(n_queries * d);
            for (uint64_t h = 0; h < n_queries; ++h) {
              reference::attention(q.data() + h * d, d, kf.data(), vf.data(), n_positions, scale,
                                   expected.data() + h * d);
            }
            // Two blocks of positions, as pages would have it.
            const uint64_t first = n_positions / 3, row_bytes = kb.size() / n_positions;
            if (first > 0) {
              table.attention_scores(q.data(), n_queries, d, type, k.data(), first,
                                     k.data() + first * row_bytes, scale, e.data(), n_positions);
            }
            table.attention_scores(q.data(), n_queries, d, type, k.data() + first * row_bytes,
                                   n_positions - first, k.data(), scale, e.data() + first,
                                   n_positions);
            std::vector<float> sums(n_queries);
            for (uint64_t h = 0; h < n_queries; ++h) {
              sums[h] = table.softmax(e.data() + h * n_positions, n_positions);
            }
            std::memset(out.data(), 0, out.bytes());
            // In two ranges of columns, as threads share them.
            const uint64_t middle = d / 32 * 16;
            for (const uint64_t begin : {uint64_t{0}, middle}) {
              const uint64_t end = begin == middle ? d : middle;
              if (first > 0) {
                table.attention_mix(e.data(), n_positions, n_queries, d, type, v.data(), first,
                                    v.data() + first * row_bytes, begin, end, out.data());
              }
              table.attention_mix(e.data() + first, n_positions, n_queries, d, type,
                                  v.data() + first * row_bytes, n_positions - first, v.data(), begin,
                                  end, out.data());
              if (end == d) break;
            }
            for (uint64_t h = 0; h < n_queries; ++h) table.divide(out.data() + h * d, d, sums[h]);
            CHECK_SAME(out.data(), expected.data(), n_queries * d);
          }
        }
      }
    }
  });
}

TEST("the softmax of one long row equals the reference") {
  for (const TestBuild& build : test_builds()) {
    for (const uint64_t n : {1, 31, 257, 4096}) {
      SCOPE("build %s, n %llu", build.label, number(n));
      Values values(9);
      std::vector<float> s(n);
      for (float& f : s) f = values.ordinary() * 10;
      float m = -HUGE_VALF, lane[16] = {};
      for (const float f : s) m = f > m ? f : m;
      std::vector<float> expected(n);
      for (uint64_t t = 0; t < n; ++t) {
        expected[t] = reference::exp(s[t] - m);
        lane[t % 16] += expected[t];
      }
      const float expected_sum = reference::fold(lane);
      Guarded<float> scores(s, Guard::kAfter);
      const float sum = build.table->softmax(scores.data(), n);
      CHECK_SAME(scores.data(), expected.data(), n);
      CHECK_SAME(&sum, &expected_sum, 1);
    }
  }
}

TEST("every build's fused multiply-add is exact, where double rounding would show too") {
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    Values values(31);
    // dot() of two elements in one lane is fma(a1, b1, fma(a0, b0, 0)): choose the first product as
    // the addend. Nearby magnitudes and halfway cases come from few mantissa bits.
    for (int i = 0; i < 300000; ++i) {
      float w[17] = {}, x[17] = {};
      const uint32_t mask = i % 3 == 0 ? 0xffffffffu : i % 3 == 1 ? 0xfffff000u : 0xff800fffu;
      w[0] = reference::from_bits(values.bits() & mask);
      x[0] = 1;
      w[16] = reference::from_bits((values.bits() & 0x807fffffu & mask) | 0x3f000000u);
      x[16] = i % 2 ? w[0] * 0x1p-24f : reference::from_bits(values.bits() & mask);
      float y = 0;
      const float expected = reference::dot(w, x, 17);
      build.table->head(BN_TYPE_F32, w, 17, 0, 1, x, 1, &y, 1);
      if (!reference::same(y, expected)) CHECK_SAME(&y, &expected, 1);
    }
    CHECK(true);
  }
}
