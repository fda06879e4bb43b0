// The screened head: every logit lies in its interval, and what is among the highest is the full head's, to
// the bit, whatever the weights and the inputs.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "ops/dense.h"
#include "runtime/screened_head.h"
#include "test/builds.h"
#include "test/compare.h"
#include "test/engine.h"
#include "test/reference.h"
#include "test/shapes.h"
#include "test/values.h"

using bitnet::Array;
using bitnet::PoolLease;
using bitnet::ScreenedHead;
using bitnet::Screening;
using bitnet::StoredHead;

namespace {

constexpr uint32_t kTypes[] = {BN_TYPE_F32, BN_TYPE_F16, BN_TYPE_BF16, BN_TYPE_Q8_0, BN_TYPE_Q4_0};
constexpr uint64_t kCols = 512;

// What the weights and inputs of a case look like.
struct Case {
  const char* name;
  std::function<float(Values&, uint64_t row, uint64_t col)> weight;
  std::function<float(Values&, uint64_t col)> x;
};

float ordinary(Values& v, uint64_t, uint64_t) { return v.ordinary(); }
float ordinary_x(Values& v, uint64_t) { return v.ordinary(); }

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"ordinary", ordinary, ordinary_x},
      {"outliers among the inputs", ordinary,
       [](Values& v, uint64_t c) { return v.ordinary() * (c % 100 == 7 ? 300.0f : 1.0f); }},
      {"outliers among the weights",
       [](Values& v, uint64_t, uint64_t c) { return v.ordinary() * (c % 200 == 3 ? 200.0f : 1.0f); },
       ordinary_x},
      {"rows of very different sizes",
       [](Values& v, uint64_t r, uint64_t) {
         return std::ldexp(v.ordinary(), static_cast<int>(r % 20) - 10);
       },
       ordinary_x},
      {"rows that are zero",
       [](Values& v, uint64_t r, uint64_t) { return r % 3 == 0 ? 0.0f : v.ordinary() * 1e-3f; },
       ordinary_x},
      {"inputs all alike", ordinary, [](Values&, uint64_t) { return 1.0f; }},
      {"one input alone", ordinary, [](Values&, uint64_t c) { return c == 77 ? -3.0f : 0.0f; }},
      {"weights that quantise exactly",
       [](Values& v, uint64_t, uint64_t) { return static_cast<float>(v.between(-127, 127)); },
       [](Values& v, uint64_t) { return static_cast<float>(v.between(-9, 9)); }},
      {"subnormal inputs", ordinary, [](Values& v, uint64_t) { return v.ordinary() * 1e-41f; }},
      {"subnormal weights",
       [](Values& v, uint64_t, uint64_t) { return v.ordinary() * 1e-42f; }, ordinary_x},
      {"products that vanish",
       [](Values& v, uint64_t, uint64_t) { return v.ordinary() * 1e-30f; },
       [](Values& v, uint64_t) { return v.ordinary() * 1e-12f; }},
      {"large finite products",
       [](Values& v, uint64_t, uint64_t) { return v.ordinary() * 1e3f; },
       [](Values& v, uint64_t) { return v.ordinary() * 1e28f; }},
      {"logits that cancel",
       [](Values& v, uint64_t, uint64_t c) { return (c % 2 ? 1.0f : -1.0f) + v.ordinary() * 1e-4f; },
       [](Values&, uint64_t) { return 1000.0f; }},
  };
  return all;
}

// A head in memory of its own, its rows as floats, and an input.
struct Head {
  Head(const Case& c, uint32_t type_, uint64_t rows_, uint32_t seed) : type(type_), rows(rows_) {
    Values values(seed);
    row_bytes = bitnet::dense_row_bytes(type, kCols);
    std::vector<float> w(rows * kCols);
    for (uint64_t i = 0; i < w.size(); ++i) w[i] = c.weight(values, i / kCols, i % kCols);
    data.resize(rows * row_bytes);
    const uint64_t block = reference::block_elements(type);
    if (block > 1) {
      // Random codes, with scales that follow the weights.
      const uint64_t block_bytes = reference::bytes_of(type, block);
      data = values.bytes(data.size());
      for (uint64_t b = 0; b * block < w.size(); ++b) {
        const uint16_t d = reference::narrow_f16(w[b * block] * 0.01f);
        std::memcpy(&data[b * block_bytes], &d, 2);
      }
    } else {
      for (uint64_t i = 0; i < w.size(); ++i) put(i, w[i]);
    }
    for (uint64_t i = 0; i < kCols; ++i) x.push_back(c.x(values, i));
  }

  void put(uint64_t i, float f) {
    if (type == BN_TYPE_F32) {
      std::memcpy(&data[4 * i], &f, 4);
    } else {
      const uint16_t h = type == BN_TYPE_F16 ? reference::narrow_f16(f)
                                             : static_cast<uint16_t>(reference::to_bits(f) >> 16);
      std::memcpy(&data[2 * i], &h, 2);
    }
  }

  StoredHead stored(const bitnet::KernelTable& kernel) const {
    return {kernel, type, data.data(), rows, kCols, row_bytes};
  }
  std::vector<float> logits(const bitnet::KernelTable& kernel) const {
    std::vector<float> y(rows);
    kernel.head(type, data.data(), kCols, 0, rows, x.data(), 1, y.data(), rows);
    return y;
  }
  // The values of a row, as the head takes them.
  std::vector<float> row(uint64_t r) const {
    std::vector<float> w(kCols);
    for (uint64_t i = 0; i < kCols; ++i) {
      w[i] = reference::widen(type, data.data() + r * row_bytes, i);
    }
    return w;
  }

  uint32_t type;
  uint64_t rows, row_bytes;
  std::vector<uint8_t> data;
  std::vector<float> x;
};

// Runs the screened head; an empty result when it computes all logits, which are the full head's then.
std::vector<float> screened(const Head& head, const bitnet::KernelTable& kernel, uint64_t k,
                            bn_pool* pool, uint64_t* computed) {
  ScreenedHead copy;
  CHECK_EQ(copy.build(head.stored(kernel), pool), BN_OK);
  if (!copy.serves(k)) return {};
  Screening screening;
  CHECK(screening.allocate(head.rows, kCols, 1));
  std::vector<float> logits(head.rows, 123.0f);
  PoolLease threads(pool);
  *computed =
      screening.run(copy, head.stored(kernel), head.x.data(), 1, k, &threads, logits.data());
  if (*computed < head.rows) return logits;
  CHECK_SAME(logits.data(), head.logits(kernel).data(), head.rows);
  return {};
}

float kth_highest(std::vector<float> logits, uint64_t k) {
  std::nth_element(logits.begin(), logits.begin() + static_cast<int64_t>(k - 1), logits.end(),
                   std::greater<float>());
  return logits[k - 1];
}

// Whether all that is among the k highest is there to the bit, and everything else is so or -infinity.
void check_highest(const std::vector<float>& actual, const std::vector<float>& full, uint64_t k) {
  const float kth = kth_highest(full, k);
  uint64_t kept = 0;
  for (uint64_t r = 0; r < full.size(); ++r) {
    const bool same = std::memcmp(&actual[r], &full[r], sizeof(float)) == 0;
    kept += same;
    if (!same && (full[r] >= kth || actual[r] != -HUGE_VALF)) {
      CHECK_EQ(actual[r], full[r]);
      return;
    }
  }
  CHECK(kept >= k);
}

}  // namespace

TEST("every logit lies in its interval, for every type and all kinds of weights and inputs") {
  const bitnet::KernelTable& kernel = bitnet::kernel_at(bitnet::kernel_best());
  const uint64_t rows = 300;
  for (const Case& c : cases()) {
    for (const uint32_t type : kTypes) {
      for (uint32_t seed = 1; seed <= 2; ++seed) {
        SCOPE("%s, type %u, seed %u", c.name, type, seed);
        const Head head(c, type, rows, seed);
        const std::vector<float> full = head.logits(kernel);
        std::vector<int8_t> codes(rows * kCols);
        std::vector<bitnet::ScreenRow> known(rows);
        uint32_t largest_sum = 0;
        float largest_norm = 0;
        for (uint64_t r = 0; r < rows; ++r) {
          uint32_t sum;
          REQUIRE(bitnet::screen_row(head.row(r).data(), kCols, &codes[r * kCols], &known[r], &sum));
          largest_sum = std::max(largest_sum, sum);
          largest_norm = std::max(largest_norm, known[r].norm);
        }
        std::vector<int16_t> q(kCols);
        bitnet::ScreenInput input;
        REQUIRE(bitnet::screen_input(head.x.data(), kCols, bitnet::largest_screen_input(largest_sum),
                                     largest_norm, q.data(), &input));
        std::vector<int32_t> sums(rows);
        for (uint64_t r = 0; r < rows; ++r) {
          int64_t sum = 0, absolute = 0;
          for (uint64_t i = 0; i < kCols; ++i) {
            const int64_t product = int64_t{codes[r * kCols + i]} * q[i];
            sum += product;
            absolute += std::abs(product);
          }
          CHECK(absolute < int64_t{1} << 31);
          sums[r] = static_cast<int32_t>(sum);
        }
        std::vector<float> lower(rows), upper(rows);
        bitnet::screen_intervals(known.data(), input, sums.data(), rows, lower.data(), upper.data());
        for (uint64_t r = 0; r < rows; ++r) {
          CHECK(lower[r] <= full[r]);
          CHECK(full[r] <= upper[r]);
        }
      }
    }
  }
}

// One row and its input, in F32: checks that the logit lies in its interval, and returns where: 0 in the
// middle, 1 and -1 at its ends.
double place_in_interval(const std::vector<float>& w, const std::vector<float>& x, int32_t largest) {
  std::vector<int8_t> codes(kCols);
  std::vector<int16_t> q(kCols);
  bitnet::ScreenRow row;
  bitnet::ScreenInput input;
  uint32_t code_sum;
  CHECK(bitnet::screen_row(w.data(), kCols, codes.data(), &row, &code_sum));
  CHECK(largest <= bitnet::largest_screen_input(code_sum));
  CHECK(bitnet::screen_input(x.data(), kCols, largest, row.norm, q.data(), &input));
  int32_t sum = 0;
  for (uint64_t i = 0; i < kCols; ++i) sum += codes[i] * q[i];
  float lower, upper, logit;
  bitnet::screen_intervals(&row, input, &sum, 1, &lower, &upper);
  bitnet::kernel_at(0).head(BN_TYPE_F32, w.data(), kCols, 0, 1, x.data(), 1, &logit, 1);
  CHECK(lower <= logit);
  CHECK(logit <= upper);
  const double middle = (static_cast<double>(lower) + static_cast<double>(upper)) / 2;
  return (static_cast<double>(logit) - middle) / (static_cast<double>(upper) - middle);
}

TEST("an interval holds where all errors of the weights' codes add up, and no wider one is needed") {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPE("seed %u", seed);
    Values values(seed);
    std::vector<float> w(kCols);
    for (float& f : w) f = values.ordinary();
    std::vector<int8_t> codes(kCols);
    bitnet::ScreenRow row;
    uint32_t code_sum;
    REQUIRE(bitnet::screen_row(w.data(), kCols, codes.data(), &row, &code_sum));
    std::vector<float> x(kCols);  // as what the codes leave of the row
    for (uint64_t i = 0; i < kCols; ++i) {
      x[i] = static_cast<float>(static_cast<double>(w[i]) -
                                static_cast<double>(row.scale) * codes[i]);
    }
    CHECK(place_in_interval(w, x, 30000) > 0.97);
    for (float& f : x) f = -f;
    CHECK(place_in_interval(w, x, 30000) < -0.97);
    // Two inputs much larger than the others, where the codes are off by nearly half a step.
    uint64_t worst[2] = {0, 1};
    for (uint64_t i = 0; i < kCols; ++i) {
      if (std::fabs(x[i]) > std::fabs(x[worst[0]])) worst[0] = i;
    }
    for (uint64_t i = 0; i < kCols; ++i) {
      if (i != worst[0] && std::fabs(x[i]) > std::fabs(x[worst[1]])) worst[1] = i;
    }
    for (const uint64_t i : worst) x[i] *= 100;
    CHECK(place_in_interval(w, x, 30000) < -0.5);
  }
}

TEST("an interval holds where all errors of the inputs' rounding add up") {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPE("seed %u", seed);
    Values values(seed);
    std::vector<float> x(kCols), w(kCols);
    for (float& f : x) f = values.ordinary();
    const int32_t largest = 9;  // so coarse that nothing else matters
    bitnet::ScreenInput input;
    std::vector<int16_t> q(kCols);
    REQUIRE(bitnet::screen_input(x.data(), kCols, largest, 1.0f, q.data(), &input));
    for (uint64_t i = 0; i < kCols; ++i) {
      w[i] = static_cast<float>(static_cast<double>(x[i]) - input.scale * q[i]);
    }
    CHECK(place_in_interval(w, x, largest) > 0.9);
  }
}

TEST("an interval holds where codes are exact and only the logit's own sum rounds") {
  double farthest = 0;
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    SCOPE("seed %u", seed);
    Values values(seed);
    std::vector<float> w(kCols), x(kCols);
    // The lanes' sums grow beyond 24 bits, then cancel but for what was rounded away.
    for (uint64_t i = 0; i < kCols / 2; ++i) {
      w[i] = static_cast<float>(values.between(100, 127));
      x[i] = static_cast<float>(values.between(30000, 32000));
      w[i + kCols / 2] = w[i] - 1;
      x[i + kCols / 2] = -x[i] - static_cast<float>(values.between(0, 300));
    }
    w[0] = 127;
    x[0] = 32640;
    farthest = std::fmax(farthest, std::fabs(place_in_interval(w, x, 32640)));
  }
  CHECK(farthest > 0.001);
}

TEST("an interval holds where every product is rounded away") {
  // Products of 2^-150, half the smallest number there is: each is lost, one by one.
  std::vector<float> w(kCols, 0x1p-75f), x(kCols, 0x1p-75f);
  w[3] = 0x1.fcp-69f;
  x[3] = 0;
  w[4] = 0;
  x[4] = 0x1p-61f;
  place_in_interval(w, x, 16384);
}

TEST("an interval is narrow: a few percent of how logits spread") {
  const Head head(cases()[0], BN_TYPE_F16, 400, 5);
  const bitnet::KernelTable& kernel = bitnet::kernel_at(0);
  const std::vector<float> full = head.logits(kernel);
  double spread = 0;
  for (const float f : full) spread += static_cast<double>(f) * static_cast<double>(f) / 400;
  std::vector<int8_t> codes(kCols);
  std::vector<int16_t> q(kCols);
  for (uint64_t r = 0; r < 400; ++r) {
    bitnet::ScreenRow row;
    bitnet::ScreenInput input;
    uint32_t code_sum;
    REQUIRE(bitnet::screen_row(head.row(r).data(), kCols, codes.data(), &row, &code_sum));
    REQUIRE(bitnet::screen_input(head.x.data(), kCols, bitnet::largest_screen_input(code_sum),
                                 row.norm, q.data(), &input));
    int32_t sum = 0;
    for (uint64_t i = 0; i < kCols; ++i) sum += codes[i] * q[i];
    float lower, upper;
    bitnet::screen_intervals(&row, input, &sum, 1, &lower, &upper);
    CHECK(static_cast<double>(upper - lower) < 0.5 * std::sqrt(spread));
  }
}

TEST("the highest logits are the full head's, for every build, type, count and kind of weights") {
  const PoolHandle pool = make_pool(2);
  for (const TestBuild& build : test_builds()) {
    const bool is_scalar = std::strcmp(build.label, "scalar") == 0;
    for (const Case& c : cases()) {
      for (const uint32_t type : kTypes) {
        const Head head(c, type, is_scalar ? 150 : 600, 11);
        const std::vector<float> full = head.logits(*build.table);
        for (const uint64_t k : {1, 2, 40}) {
          SCOPE("build %s, %s, type %u, k %d", build.label, c.name, type, static_cast<int>(k));
          uint64_t computed = 0;
          const std::vector<float> logits = screened(head, *build.table, k, pool.get(), &computed);
          if (logits.empty()) continue;  // too many could be among them
          CHECK(computed >= k && computed <= head.rows / 2);
          check_highest(logits, full, k);
        }
      }
    }
  }
}

TEST("of ordinary weights few rows are computed") {
  const PoolHandle pool = make_pool(1);
  const bitnet::KernelTable& kernel = bitnet::kernel_at(bitnet::kernel_best());
  for (const uint32_t type : kTypes) {
    SCOPE("type %u", type);
    const Head head(cases()[0], type, 2000, 3);
    uint64_t computed = 0;
    CHECK(!screened(head, kernel, 1, pool.get(), &computed).empty());
    CHECK(computed <= 40);
    CHECK(!screened(head, kernel, 40, pool.get(), &computed).empty());
    CHECK(computed <= 400);
  }
}

TEST("all rows that tie for the last place are kept") {
  const PoolHandle pool = make_pool(2);
  const bitnet::KernelTable& kernel = bitnet::kernel_at(bitnet::kernel_best());
  for (const uint32_t type : {BN_TYPE_F32, BN_TYPE_F16, BN_TYPE_BF16}) {
    // Every tenth row is the same, and the best there is; beside them, rows that differ in one weight by
    // the least there is.
    Head head(cases()[0], type, 500, 7);
    for (uint64_t r = 0; r < 500; r += 5) {
      for (uint64_t i = 0; i < kCols; ++i) head.put(r * kCols + i, head.x[i] * 2);
      if (r % 10 == 5) head.put(r * kCols, std::nextafterf(head.x[0] * 2, r % 20 == 5 ? 9.0f : -9.0f));
    }
    const std::vector<float> full = head.logits(kernel);
    for (const uint64_t k : {1, 3, 50, 60}) {
      SCOPE("type %u, k %d", type, static_cast<int>(k));
      uint64_t computed = 0;
      const std::vector<float> logits = screened(head, kernel, k, pool.get(), &computed);
      REQUIRE(!logits.empty());
      CHECK(computed >= 50);
      check_highest(logits, full, k);
    }
  }
}

TEST("what has no interval is left to the full head") {
  const PoolHandle pool = make_pool(1);
  const bitnet::KernelTable& kernel = bitnet::kernel_at(bitnet::kernel_best());
  uint64_t computed = 0;
  const Case& ordinary_case = cases()[0];
  for (const float bad : {std::nanf(""), HUGE_VALF, -HUGE_VALF}) {
    Head weights(ordinary_case, BN_TYPE_F32, 300, 1);
    weights.put(299 * kCols + 5, bad);
    ScreenedHead copy;
    CHECK_EQ(copy.build(weights.stored(kernel), pool.get()), BN_OK);
    CHECK(!copy.ready());
    CHECK_EQ(copy.bytes(), 0u);
    CHECK(screened(weights, kernel, 1, pool.get(), &computed).empty());
    Head input(ordinary_case, BN_TYPE_F32, 300, 1);
    input.x[8] = bad;
    CHECK(screened(input, kernel, 1, pool.get(), &computed).empty());
  }
  Head overflowing(ordinary_case, BN_TYPE_F32, 300, 1);
  for (float& x : overflowing.x) x *= 1e37f;
  CHECK(screened(overflowing, kernel, 1, pool.get(), &computed).empty());
  Head zero(ordinary_case, BN_TYPE_F32, 300, 1);
  for (float& x : zero.x) x = -0.0f;
  CHECK(screened(zero, kernel, 1, pool.get(), &computed).empty());
  const Head head(ordinary_case, BN_TYPE_F32, 300, 1);
  CHECK(screened(head, kernel, 300, pool.get(), &computed).empty());
  CHECK(screened(head, kernel, BN_MAX_HIGHEST + 1, pool.get(), &computed).empty());
  CHECK(!screened(head, kernel, 1, pool.get(), &computed).empty());
}

TEST("tokens screened together get what each gets alone, whatever the others are") {
  // The rows differ in their first half only.
  const Case halves = {
      "halves", [](Values& v, uint64_t, uint64_t c) { return c < kCols / 2 ? v.ordinary() : 0.5f; },
      ordinary_x};
  constexpr uint64_t kRows = 600;
  for (const TestBuild& build : test_builds()) {
    for (const uint32_t type : {BN_TYPE_F16, BN_TYPE_BF16}) {
      for (const uint64_t n_tokens : {1, 2, 3, 8, 19}) {
        const PoolHandle pool = make_pool(2);
        const Head head(halves, type, kRows, 21);
        Values values(22);
        std::vector<float> x;
        for (uint64_t i = 0; i < n_tokens * kCols; ++i) x.push_back(values.ordinary());
        std::vector<bool> all_tie(n_tokens), no_interval(n_tokens);
        for (uint64_t t = 1; t < n_tokens; t += 3) {  // one, or two neighbours, in full
          no_interval[t] = true;
          x[t * kCols + 3] = std::nanf("");
          if (t % 2 == 0 || t + 1 == n_tokens) continue;
          all_tie[t + 1] = true;
          std::fill_n(&x[(t + 1) * kCols], kCols / 2, 0.0f);
        }
        ScreenedHead copy;
        REQUIRE(copy.build(head.stored(*build.table), pool.get()) == BN_OK);
        Screening screening;
        REQUIRE(screening.allocate(kRows, kCols, n_tokens));
        std::vector<float> full(n_tokens * kRows);
        build.table->head(type, head.data.data(), kCols, 0, kRows, x.data(), n_tokens, full.data(), kRows);
        for (const uint64_t k : {1, 40}) {
          std::vector<float> logits(n_tokens * kRows, 123.0f);
          PoolLease threads(pool.get());
          const uint64_t computed = screening.run(copy, head.stored(*build.table), x.data(), n_tokens, k,
                                                  &threads, logits.data());
          uint64_t expected = 0;
          for (uint64_t t = 0; t < n_tokens; ++t) {
            SCOPE("build %s, type %u, %d tokens, k %d, token %d", build.label, type,
                  static_cast<int>(n_tokens), static_cast<int>(k), static_cast<int>(t));
            const auto from = static_cast<int64_t>(t * kRows), to = from + static_cast<int64_t>(kRows);
            const std::vector<float> actual(logits.begin() + from, logits.begin() + to);
            const std::vector<float> wanted(full.begin() + from, full.begin() + to);
            if (all_tie[t] || no_interval[t]) {
              CHECK_SAME(actual.data(), wanted.data(), kRows);
              expected += kRows;
            } else {
              check_highest(actual, wanted, k);
              expected += kRows - static_cast<uint64_t>(std::count(actual.begin(), actual.end(), -HUGE_VALF));
            }
          }
          CHECK_EQ(computed, expected);
          CHECK(n_tokens > 1 || computed < kRows / 2);
        }
      }
    }
  }
}

TEST("a forward pass with a screened head keeps the highest logits to the bit and computes fewer rows") {
  for (const Shape& base : kShapes) {
    Shape shape = base;
    shape.n_vocab = 1500;
    SmallModel source(shape);
    const RopeTables rope(source);
    for (const TestBuild& build : test_builds()) {
      const ModelHandle model = make_model(source, build.table);
      const PoolHandle pool = make_pool(2);
      const uint64_t bytes = bn_model_bytes(model.get());
      if (shape.embd_type == BN_TYPE_Q6_K) {
        CHECK_EQ(bn_model_screen_head(model.get(), pool.get()), BN_ERROR_ARGUMENT);
        continue;
      }
      CHECK_EQ(bn_model_screen_head(model.get(), pool.get()), BN_OK);
      CHECK_EQ(bn_model_bytes(model.get()) - bytes, uint64_t{shape.n_vocab} * (shape.n_embd + 12));
      const ContextHandle context = make_context(model.get(), pool.get(), rope, 8);
      const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 8);
      for (const uint32_t k : {1u, 40u, shape.n_vocab, 1u << 30}) {
        SCOPE("%s; build %s, k %u", shape.name, build.label, k);
        Batch batch;
        batch.pages = {0, 1, 2, 3};
        for (int32_t i = 0; i < 5; ++i) batch.add(17 * i + 3, i, 0, i == 4);
        const std::vector<float> full = run(context.get(), kv.get(), batch, shape.n_vocab);
        CHECK_EQ(bn_context_head_rows(context.get()), shape.n_vocab);
        batch.highest = k;
        const std::vector<float> highest = run(context.get(), kv.get(), batch, shape.n_vocab);
        if (k < shape.n_vocab) {
          CHECK(bn_context_head_rows(context.get()) < shape.n_vocab / 2);
          check_highest(highest, full, k);
        } else {
          CHECK_EQ(bn_context_head_rows(context.get()), shape.n_vocab);
          CHECK_SAME(highest.data(), full.data(), full.size());
        }
        // Several tokens' logits, in one pass with some that are not wanted.
        batch.want[0] = batch.want[3] = 1;
        batch.highest = 0;
        const std::vector<float> all = run(context.get(), kv.get(), batch, shape.n_vocab);
        CHECK_EQ(bn_context_head_rows(context.get()), 3 * shape.n_vocab);
        batch.highest = k;
        const std::vector<float> three = run(context.get(), kv.get(), batch, shape.n_vocab);
        if (k >= shape.n_vocab) {
          CHECK_EQ(bn_context_head_rows(context.get()), 3 * shape.n_vocab);
          CHECK_SAME(three.data(), all.data(), all.size());
          continue;
        }
        CHECK(bn_context_head_rows(context.get()) < 3 * shape.n_vocab / 2);
        for (int64_t t = 0; t < 3; ++t) {
          const int64_t from = t * shape.n_vocab, to = from + shape.n_vocab;
          check_highest({three.begin() + from, three.begin() + to},
                        {all.begin() + from, all.begin() + to}, k);
        }
      }
      CHECK_EQ(bn_model_screen_head(model.get(), pool.get()), BN_ERROR_ARGUMENT);
    }
  }
  CHECK_EQ(bn_model_screen_head(nullptr, nullptr), BN_ERROR_NULL);
  CHECK_EQ(bn_context_head_rows(nullptr), 0u);
}
