// Packed weights: what is packed, its products, and models that compute with them.
#include <algorithm>
#include <vector>

#include "ops/pack.h"
#include "test/builds.h"
#include "test/compare.h"
#include "test/engine.h"
#include "test/guarded.h"
#include "test/shapes.h"

namespace {

using bitnet::PackedMatrix;
using bitnet::TernaryMatrix;

constexpr Guard kGuards[] = {Guard::kAfter, Guard::kBefore};

// The weight that bn_packed_matrix tells.
int packed_weight(const uint8_t* data, uint64_t cols, uint64_t row, uint64_t col) {
  const uint64_t block = col / BN_PACKED_COLUMNS, triple = col % BN_PACKED_COLUMNS / 3;
  const uint8_t* p = data + row / BN_PACKED_ROWS * bitnet::packed_group_bytes(cols) +
                     BN_PACKED_HEADER_BYTES + block * BN_PACKED_BLOCK_BYTES + row % BN_PACKED_ROWS;
  const int pattern = p[(1 + triple / 2) * BN_PACKED_ROWS] >> 4 * (triple % 2) & 15;
  const int digits[3] = {(pattern + 13) / 9, (pattern + 13) / 3 % 3, (pattern + 13) % 3};
  const int weight = digits[col % 3] - 1;
  return p[0] >> (7 - triple) & 1 ? -weight : weight;
}

enum class Weights { kRandom, kOnes, kMinusOnes };

std::vector<uint8_t> codes_of(Weights weights, uint64_t n, Values& values) {
  if (weights == Weights::kOnes) return std::vector<uint8_t>(n / 4, 0xaa);
  if (weights == Weights::kMinusOnes) return std::vector<uint8_t>(n / 4, 0);
  std::vector<uint8_t> codes(n / 4);
  for (uint8_t& byte : codes) {
    for (int i = 0; i < 4; ++i) byte = static_cast<uint8_t>(byte << 2 | values.between(0, 2));
  }
  return codes;
}

std::vector<uint8_t> packed(const TernaryMatrix& matrix) {
  const uint64_t group_bytes = bitnet::packed_group_bytes(matrix.cols);
  std::vector<uint8_t> data(bitnet::packed_group_count(matrix.rows) * group_bytes);
  for (uint64_t g = 0; g < bitnet::packed_group_count(matrix.rows); ++g) {
    CHECK(bitnet::pack_group(matrix, g, data.data() + g * group_bytes));
  }
  return data;
}

unsigned long long number(uint64_t n) { return n; }

// Logits of tokens 0..n, the first `first` in one pass and the others one by one.
std::vector<float> logits_of(SmallModel& source, const bn_model* model, bn_pool* pool,
                             uint32_t first, uint32_t n) {
  const RopeTables rope(source);
  const ContextHandle context = make_context(model, pool, rope, n);
  const KvHandle kv = make_kv(model, BN_TYPE_F16, 4);
  std::vector<float> logits;
  for (uint32_t begin = 0, end = first; begin < n; begin = end, end = begin + 1) {
    Batch batch;
    batch.pages = {2, 0, 3, 1};
    for (uint32_t p = begin; p < end; ++p) {
      batch.add(static_cast<int32_t>(p * 7 % source.shape.n_vocab), static_cast<int32_t>(p), 0);
    }
    const std::vector<float> some = run(context.get(), kv.get(), batch, source.shape.n_vocab);
    logits.insert(logits.end(), some.begin(), some.end());
  }
  return logits;
}

}  // namespace

TEST("packed weights are those of the codes, and zeros beyond them") {
  Values values(1);
  for (const uint64_t rows : {1, 64, 70}) {
    for (const uint64_t cols : {128, 384, 640}) {
      SCOPE("%llu x %llu", number(rows), number(cols));
      const std::vector<uint8_t> codes = codes_of(Weights::kRandom, rows * cols, values);
      const std::vector<uint8_t> data = packed({codes.data(), rows, cols, 1});
      const uint64_t all_rows = bitnet::packed_group_count(rows) * BN_PACKED_ROWS;
      const uint64_t all_cols = bitnet::packed_input_bytes(cols) / 32 * 3;
      uint64_t wrong = 0;
      for (uint64_t r = 0; r < all_rows; ++r) {
        for (uint64_t c = 0; c < all_cols; ++c) {
          int expected = 0;
          if (r < rows && c < cols) {
            const uint8_t byte = codes[(r * cols + c) / 128 * 32 + c % 32];
            expected = (byte >> (6 - 2 * (c % 128 / 32)) & 3) - 1;
          }
          wrong += packed_weight(data.data(), cols, r, c) != expected;
        }
      }
      CHECK_EQ(wrong, 0u);
    }
  }
}

TEST("a code that is no weight cannot be packed, wherever it lies") {
  Values values(2);
  constexpr uint64_t kCols = 640;
  const std::vector<uint8_t> good = codes_of(Weights::kRandom, 2 * kCols, values);
  std::vector<uint8_t> to(bitnet::packed_group_bytes(kCols));
  for (uint64_t i = 0; i < good.size(); ++i) {
    for (int slot = 0; slot < 4; ++slot) {
      std::vector<uint8_t> codes = good;
      codes[i] = static_cast<uint8_t>(codes[i] | 3 << 2 * slot);
      const TernaryMatrix matrix = {codes.data(), 2, kCols, 1};
      CHECK(!bitnet::pack_group(matrix, 0, to.data()));
    }
  }
}

TEST("inputs hold both parts of every pattern's product, for all triples of extreme and other inputs") {
  constexpr int kOthers[] = {-128, -127, -61, -1, 0, 1, 30, 126, 127};
  for (const TestBuild& build : test_builds()) {
    SCOPE("build %s", build.label);
    uint64_t wrong = 0;
    for (int x0 = -128; x0 < 128; ++x0) {
      for (const int x1 : kOthers) {
        std::vector<int8_t> q(128);  // nine triples (x0, x1, ...) and zeros
        for (int i = 0; i < 9; ++i) {
          q[3 * i] = static_cast<int8_t>(x0);
          q[3 * i + 1] = static_cast<int8_t>(x1);
          q[3 * i + 2] = static_cast<int8_t>(kOthers[i]);
        }
        std::vector<int8_t> inputs(bitnet::packed_input_bytes(128));
        build.table->packed_inputs(q.data(), 128, inputs.data());
        for (uint64_t t = 0; t < inputs.size() / 32; ++t) {
          for (int n = 0; n < 16; ++n) {
            const int low = inputs[32 * t + n], high = inputs[32 * t + 16 + n];
            const int x2 = t < 9 ? kOthers[t] : 0;
            const int digits[3] = {(n + 13) / 9 - 1, (n + 13) / 3 % 3 - 1, (n + 13) % 3 - 1};
            int product = t < 9 && n < 14 ? digits[0] * x0 + digits[1] * x1 + digits[2] * x2 : 0;
            wrong += 29 * high + low != product || low < -14 || low > 14;
          }
        }
      }
    }
    CHECK_EQ(wrong, 0u);
  }
}

TEST("products with packed weights equal those with the codes, the largest sums included") {
  for (const TestBuild& build : test_builds()) {
    std::vector<uint64_t> scratch(build.table->scratch_bytes / 8 + 1);
    for (const Guard guard : kGuards) {
      for (const Weights weights : {Weights::kRandom, Weights::kOnes, Weights::kMinusOnes}) {
        for (const int input : {0, 127, -128}) {
          for (const uint64_t cols : {128, 640, 6912}) {
            const uint64_t rows = cols == 128 ? 200 : cols == 640 ? 65 : 3;
            SCOPE("build %s, guard %d, weights %d, input %d, %llu x %llu", build.label,
                  static_cast<int>(guard), static_cast<int>(weights), input, number(rows), number(cols));
            Values values(static_cast<uint32_t>(rows + cols));
            Guarded<uint8_t> codes(codes_of(weights, rows * cols, values), guard);
            const TernaryMatrix matrix = {codes.data(), rows, cols, 0.7f};
            Guarded<uint8_t> data(packed(matrix), guard);
            Guarded<int8_t> q(cols, guard);
            int32_t sum = 0;
            for (uint64_t c = 0; c < cols; ++c) {
              q[c] = static_cast<int8_t>(input != 0 ? input : values.between(-128, 127));
              sum += q[c];
            }
            const float scale = 3.3f;
            const bitnet::QuantizedRows rows_of_q = {q.data(), &scale, &sum, 1};
            Guarded<float> expected(rows, guard), actual(rows, guard);
            build.table->ternary_matmul(&matrix, &rows_of_q, 0, rows, expected.data(), rows,
                                        scratch.data());
            Guarded<int8_t> inputs(bitnet::packed_input_bytes(cols), guard);
            build.table->packed_inputs(q.data(), cols, inputs.data());
            const PackedMatrix packed_matrix = {data.data(), rows, cols, 0.7f};
            const uint64_t groups = bitnet::packed_group_count(rows);
            for (uint64_t g = groups; g-- > 0;) {  // each group alone writes its own rows
              build.table->packed_product(&packed_matrix, inputs.data(), scale, g, g + 1, actual.data());
            }
            CHECK_SAME(actual.data(), expected.data(), rows);
            std::fill(actual.data(), actual.data() + rows, 0.0f);
            build.table->packed_product(&packed_matrix, inputs.data(), scale, 0, groups, actual.data());
            CHECK_SAME(actual.data(), expected.data(), rows);
          }
        }
      }
    }
  }
}

TEST("a model with packed weights computes the same, token by token and several at a time") {
  for (const Shape& shape : kShapes) {
    if (shape.all_codes) continue;
    SmallModel source(shape);
    for (const TestBuild& build : test_builds()) {
      for (const uint32_t threads : {1u, 2u, 3u}) {
        SCOPE("%s; build %s, %u threads", shape.name, build.label, threads);
        const PoolHandle pool = make_pool(threads);
        const ModelHandle plain = make_model(source, build.table);
        const ModelHandle packed = make_model(source, build.table);
        REQUIRE(bn_model_pack_weights(packed.get(), pool.get()) == BN_OK);
        const std::vector<float> expected = logits_of(source, plain.get(), pool.get(), 9, 9);
        for (const uint32_t first : {1u, 5u}) {
          const std::vector<float> actual = logits_of(source, packed.get(), pool.get(), first, 9);
          CHECK_SAME(actual.data(), expected.data(), expected.size());
        }
      }
    }
  }
}

TEST("packed weights take the bytes that their form tells, and passes of one token read only those") {
  SmallModel source(kShapes[0]);
  const PoolHandle pool = make_pool(2);
  const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
  const uint64_t before = bn_model_bytes(model.get());
  const std::vector<float> expected = logits_of(source, model.get(), pool.get(), 1, 4);
  REQUIRE(bn_model_pack_weights(model.get(), pool.get()) == BN_OK);
  uint64_t bytes = 0;
  for (const bn_tensor& t : source.tensors) {
    if (t.type != BN_TYPE_I2_S) continue;
    bytes += (t.rows + 63) / 64 * (256 + (t.cols + 23) / 24 * 320);
    std::fill_n(source.data.begin() + static_cast<int64_t>(t.offset), t.rows * t.cols / 4, 0);
  }
  CHECK_EQ(bn_model_bytes(model.get()) - before, bytes);
  CHECK(logits_of(source, model.get(), pool.get(), 1, 4) == expected);
}

TEST("weights that cannot be packed leave the model as it was") {
  const PoolHandle pool = make_pool(1);
  uint32_t tried = 0;
  for (const Shape& shape : kShapes) {
    if (!shape.all_codes) continue;
    ++tried;
    SCOPE("%s", shape.name);
    SmallModel source(shape);
    const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
    const uint64_t bytes = bn_model_bytes(model.get());
    const std::vector<float> before = logits_of(source, model.get(), pool.get(), 1, 3);
    CHECK_EQ(bn_model_pack_weights(model.get(), pool.get()), BN_ERROR_TENSOR_VALUE);
    CHECK_EQ(bn_model_bytes(model.get()), bytes);
    CHECK(logits_of(source, model.get(), pool.get(), 1, 3) == before);
  }
  CHECK(tried > 0);
}

TEST("weights are packed once, and NULL is refused") {
  SmallModel source(kShapes[0]);
  const PoolHandle pool = make_pool(1);
  const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
  CHECK_EQ(bn_model_pack_weights(nullptr, pool.get()), BN_ERROR_NULL);
  CHECK_EQ(bn_model_pack_weights(model.get(), nullptr), BN_ERROR_NULL);
  CHECK_EQ(bn_model_pack_weights(model.get(), pool.get()), BN_OK);
  CHECK_EQ(bn_model_pack_weights(model.get(), pool.get()), BN_ERROR_ARGUMENT);
}
