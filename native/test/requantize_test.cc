// Requantised heads: the bits that ARITHMETIC.md defines, how far they are from the head they are made of,
// and models that compute with them.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/dense.h"
#include "ops/requantize.h"
#include "test/builds.h"
#include "test/compare.h"
#include "test/engine.h"
#include "test/shapes.h"

namespace {

constexpr uint32_t kTypes[] = {BN_TYPE_Q8_0, BN_TYPE_Q6_K};
constexpr uint64_t kCols = 1024;

const char* name_of(uint32_t type) { return type == BN_TYPE_Q8_0 ? "Q8_0" : "Q6_K"; }

// ---- ARITHMETIC.md once more ----

void put_half(uint8_t* to, float f) {
  const uint16_t half = reference::narrow_f16(f);
  std::memcpy(to, &half, 2);
}

void plain_q8_0(const float* x, uint8_t* block) {
  float m = 0;
  for (int i = 0; i < 32; ++i) m = std::fmax(m, std::fabs(x[i]));
  put_half(block, m / 127.0f);
  const float d = reference::half_at(block);
  const float r = d > 0 ? 1 / d : 0;
  for (int i = 0; i < 32; ++i) {
    const float p = std::fmin(std::fmax(x[i] * r, -127.0f), 127.0f);
    block[2 + i] = static_cast<uint8_t>(static_cast<int8_t>(std::nearbyint(p)));
  }
}

// Codes in units of `step`, from -32 to 31; returns what they miss.
float plain_codes(const float* x, float step, int* q) {
  const float r = step == 0 ? 0 : 1 / step;
  float lane[16];
  for (int i = 0; i < 16; ++i) {
    q[i] = static_cast<int>(std::nearbyint(std::fmin(std::fmax(x[i] * r, -32.0f), 31.0f)));
    const float miss = x[i] - step * static_cast<float>(q[i]);
    lane[i] = miss * miss;
  }
  return reference::fold(lane);
}

void plain_q6_k(const float* x, int from, int to, uint8_t* block) {
  std::memset(block, 0, 210);
  float largest = 0;
  for (int i = 0; i < 256; ++i) largest = std::fmax(largest, std::fabs(x[i]));
  put_half(block + 208, std::fmax(largest / 3429.0f, 0x1p-24f));
  const float d = reference::half_at(block + 208);
  for (int g = 0; g < 16; ++g) {
    const float* group = x + 16 * g;
    const float* m = std::max_element(
        group, group + 16, [](float a, float b) { return std::fabs(a) < std::fabs(b); });
    float least = HUGE_VALF, best = 0;
    int q[16];
    for (int c = from; c <= to; ++c) {
      const float t = -*m / d / static_cast<float>(c);
      const float s = std::nearbyint(std::fmin(std::fmax(t, -127.0f), 127.0f));
      const float missed = plain_codes(group, d * s, q);
      if (missed < least) {
        least = missed;
        best = s;
      }
    }
    block[192 + g] = static_cast<uint8_t>(static_cast<int8_t>(best));
    plain_codes(group, d * best, q);
    for (int j = 0; j < 16; ++j) {
      const int i = 16 * g + j, u = q[j] + 32, half = i / 128, quarter = i % 128 / 32, l = i % 32;
      block[64 * half + 32 * (quarter % 2) + l] |= static_cast<uint8_t>((u & 15) << (quarter / 2 * 4));
      block[128 + 32 * half + l] |= static_cast<uint8_t>((u >> 4) << (2 * quarter));
    }
  }
}

std::vector<uint8_t> plain(uint32_t type, const std::vector<float>& x) {
  std::vector<uint8_t> row(bitnet::dense_row_bytes(type, x.size()));
  for (uint64_t i = 0; type == BN_TYPE_Q8_0 && i < x.size(); i += 32) {
    plain_q8_0(&x[i], &row[i / 32 * 34]);
  }
  for (uint64_t i = 0; type == BN_TYPE_Q6_K && i < x.size(); i += 256) {
    plain_q6_k(&x[i], 27, 36, &row[i / 256 * 210]);
  }
  return row;
}

// ---- rows ----

// Rows of weights of very different kinds.
std::vector<std::vector<float>> rows() {
  Values v(1);
  std::vector<std::vector<float>> all;
  const auto add = [&](auto f) {
    std::vector<float> row(kCols);
    for (uint64_t i = 0; i < kCols; ++i) row[i] = f(i);
    all.push_back(row);
  };
  for (int i = 0; i < 4; ++i) add([&](uint64_t) { return v.ordinary() * 0.03f; });
  add([&](uint64_t) { return v.ordinary() * v.ordinary() * v.ordinary(); });
  add([&](uint64_t i) { return std::ldexp(v.ordinary(), static_cast<int>(i / 16 % 20) - 10); });
  add([&](uint64_t i) { return v.ordinary() * (i % 100 == 7 ? 50.0f : 1.0f); });
  add([&](uint64_t i) { return i % 256 < 16 ? 0 : v.ordinary(); });
  add([&](uint64_t i) { return i % 16 < 2 ? (i % 2 ? 1.0f : -1.0f) : v.ordinary() * 0.1f; });
  add([&](uint64_t) { return v.ordinary() * 1e-4f; });
  add([&](uint64_t) { return v.ordinary() * 1e-6f; });
  add([&](uint64_t) { return v.ordinary() * 1e-42f; });
  add([&](uint64_t i) { return i % 2 ? 0.0f : -0.0f; });
  add([&](uint64_t) { return v.between(0, 1) ? 8319008.0f : v.ordinary() * 1e6f; });
  return all;
}

std::vector<float> widened(uint32_t type, const std::vector<uint8_t>& row) {
  std::vector<float> w(kCols);
  for (uint64_t i = 0; i < kCols; ++i) w[i] = reference::widen(type, row.data(), i);
  return w;
}

double rms(const std::vector<float>& a, const std::vector<float>& b) {
  double squares = 0;
  for (uint64_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    squares += difference * difference;
  }
  return std::sqrt(squares / static_cast<double>(a.size()));
}

// ---- models ----

// A model's logits of five tokens, with `threads` threads.
std::vector<float> logits_of(const SmallModel& source, const bn_model* model, uint32_t threads) {
  const RopeTables rope(source);
  const PoolHandle pool = make_pool(threads);
  const ContextHandle context = make_context(model, pool.get(), rope, 8);
  const KvHandle kv = make_kv(model, BN_TYPE_F16, 4);
  Batch batch;
  batch.pages = {0, 1, 2, 3};
  for (int32_t i = 0; i < 5; ++i) {
    batch.add(i * 7 % static_cast<int32_t>(source.shape.n_vocab), i, 0, i % 2 == 0);
  }
  return run(context.get(), kv.get(), batch, source.shape.n_vocab);
}

// The same model with this head in its file.
SmallModel with_head(SmallModel source, uint32_t type, const std::vector<uint8_t>& head) {
  std::erase_if(source.tensors, [](const bn_tensor& t) { return t.slot == BN_SLOT_OUTPUT; });
  source.tensors.push_back({BN_SLOT_OUTPUT, 0, type, 0, 0, 0, source.data.size(), head.size(),
                            source.shape.n_vocab, source.shape.n_embd});
  source.data.insert(source.data.end(), head.begin(), head.end());
  return source;
}

Shape wide(const Shape& shape, uint32_t n_vocab) {
  Shape wider = shape;
  wider.n_embd = 512;
  wider.n_vocab = n_vocab;
  return wider;
}

// Tied and separate, of every type that is larger than Q6_K.
const Shape kWide[] = {wide(kShapes[0], 50), wide(kShapes[1], 33), wide(kShapes[2], 17),
                       wide(kShapes[3], 21)};

}  // namespace

TEST("rows have the bits that are defined, for every build") {
  for (const TestBuild& build : test_builds()) {
    for (const uint32_t type : kTypes) {
      uint64_t index = 0;
      for (const std::vector<float>& x : rows()) {
        SCOPE("build %s, %s, row %d", build.label, name_of(type), static_cast<int>(index++));
        const std::vector<uint8_t> expected = plain(type, x);
        std::vector<uint8_t> actual(expected.size(), 0xaa);
        REQUIRE(bitnet::requantize_row(*build.table, type, x.data(), kCols, actual.data()));
        CHECK(actual == expected);
      }
    }
  }
}

TEST("every weight of Q8_0 is within half a step of what it was") {
  for (const std::vector<float>& x : rows()) {
    const std::vector<uint8_t> row = plain(BN_TYPE_Q8_0, x);
    const std::vector<float> w = widened(BN_TYPE_Q8_0, row);
    for (uint64_t i = 0; i < kCols; ++i) {
      const double step = static_cast<double>(reference::half_at(&row[i / 32 * 34]));
      const double off = std::fabs(static_cast<double>(w[i]) - static_cast<double>(x[i]));
      // A subnormal step may be off by half its last bit, so that 127 of them do not reach.
      if (!(off <= step * 0.50001 + 127 * 0x1p-25)) CHECK_EQ(w[i], x[i]);
    }
  }
  CHECK(rms(rows()[0], widened(BN_TYPE_Q8_0, plain(BN_TYPE_Q8_0, rows()[0]))) > 0);
}

TEST("Q6_K is within 1.8 % of ordinary weights, and closer than without its search") {
  const std::vector<float> zero(kCols);
  for (uint64_t r = 0; r < 4; ++r) {
    const std::vector<float> x = rows()[r];
    std::vector<uint8_t> unsearched(kCols / 256 * 210);
    for (uint64_t i = 0; i < kCols; i += 256) {
      plain_q6_k(&x[i], 32, 32, &unsearched[i / 256 * 210]);
    }
    const double off = rms(x, widened(BN_TYPE_Q6_K, plain(BN_TYPE_Q6_K, x)));
    CHECK(off < 0.018 * rms(x, zero));
    CHECK(off < 0.95 * rms(x, widened(BN_TYPE_Q6_K, unsearched)));
  }
}

TEST("weights that a type cannot hold are refused") {
  const bitnet::KernelTable& kernel = bitnet::kernel_at(0);
  const float wrong[] = {std::nanf(""), HUGE_VALF, -HUGE_VALF, 3e38f};
  for (const uint32_t type : kTypes) {
    std::vector<uint8_t> row(bitnet::dense_row_bytes(type, kCols));
    std::vector<float> x = rows()[0];
    CHECK(bitnet::requantize_row(kernel, type, x.data(), kCols, row.data()));
    for (const float value : wrong) {
      x[kCols - 1] = value;
      CHECK(!bitnet::requantize_row(kernel, type, x.data(), kCols, row.data()));
    }
    // The largest there is comes out as large; the next float does not go in.
    float largest = type == BN_TYPE_Q8_0 ? 127 * 65504.0f : 3429 * 65504.0f;
    x[kCols - 1] = largest;
    REQUIRE(bitnet::requantize_row(kernel, type, x.data(), kCols, row.data()));
    CHECK(std::fabs(widened(type, row)[kCols - 1] / largest - 1) < 0.02f);
    x[kCols - 1] = std::nextafter(largest, HUGE_VALF);
    CHECK(!bitnet::requantize_row(kernel, type, x.data(), kCols, row.data()));
  }
}

TEST("a model with a requantised head computes as one whose file has that head") {
  for (const Shape& shape : kWide) {
    SmallModel source(shape);
    const uint32_t slot = shape.separate_output ? BN_SLOT_OUTPUT : BN_SLOT_TOKEN_EMBD;
    for (const uint32_t type : kTypes) {
      if (type == shape.embd_type) continue;
      std::vector<uint8_t> head;
      for (uint64_t r = 0; r < shape.n_vocab; ++r) {
        const std::vector<uint8_t> row = plain(type, source.dense_row(slot, 0, r));
        head.insert(head.end(), row.begin(), row.end());
      }
      SmallModel other = with_head(source, type, head);
      for (const TestBuild& build : test_builds()) {
        for (const uint32_t threads : {1u, 3u}) {
          SCOPE("%s, %s; build %s, %u threads", shape.name, name_of(type), build.label, threads);
          const ModelHandle model = make_model(source, build.table);
          const PoolHandle pool = make_pool(threads);
          CHECK_EQ(bn_model_requantize_head(model.get(), pool.get(), type), BN_OK);
          const std::vector<float> actual = logits_of(source, model.get(), threads);
          const ModelHandle expected_model = make_model(other, build.table);
          const std::vector<float> expected = logits_of(other, expected_model.get(), 1);
          CHECK_SAME(actual.data(), expected.data(), expected.size());
        }
      }
    }
  }
}

TEST("a requantised head takes its own bytes and gives back those of the copy it replaces") {
  for (const Shape& shape : {kWide[0], kWide[1]}) {
    SmallModel source(shape);
    for (const uint32_t flags : {0u, uint32_t{BN_MODEL_COPY_WEIGHTS}}) {
      for (const uint32_t type : kTypes) {
        SCOPE("%s, %s, flags %u", shape.name, name_of(type), flags);
        bn_model_config config = source.config(0);
        config.flags = flags;
        bn_model* made = nullptr;
        REQUIRE(bn_model_create(&config, &made, nullptr) == BN_OK);
        const ModelHandle model(made);
        const PoolHandle pool = make_pool(2);
        const std::vector<float> before = logits_of(source, made, 1);
        const uint64_t bytes = bn_model_bytes(made);
        const uint64_t head_bytes = shape.n_vocab * bitnet::dense_row_bytes(type, shape.n_embd);
        const bool replaces = shape.separate_output && flags != 0;
        const uint64_t copy_bytes = replaces ? (source.find(BN_SLOT_OUTPUT, 0)->bytes + 63) / 64 * 64 : 0;
        CHECK_EQ(bn_model_requantize_head(made, pool.get(), type), BN_OK);
        CHECK_EQ(bn_model_bytes(made) + copy_bytes, bytes + head_bytes);
        CHECK(logits_of(source, made, 1) != before);
      }
    }
  }
}

TEST("a screened head on a requantised one gives its highest logits to the bit") {
  SmallModel source(wide(kShapes[0], 1500));
  const RopeTables rope(source);
  const PoolHandle pool = make_pool(2);
  for (const uint32_t type : kTypes) {
    SCOPE("%s", name_of(type));
    const ModelHandle model = make_model(source, &bitnet::kernel_at(bitnet::kernel_best()));
    CHECK_EQ(bn_model_requantize_head(model.get(), pool.get(), type), BN_OK);
    if (type == BN_TYPE_Q6_K) {
      CHECK_EQ(bn_model_screen_head(model.get(), pool.get()), BN_ERROR_ARGUMENT);
      continue;
    }
    CHECK_EQ(bn_model_screen_head(model.get(), pool.get()), BN_OK);
    CHECK_EQ(bn_model_requantize_head(model.get(), pool.get(), BN_TYPE_Q6_K), BN_ERROR_ARGUMENT);
    const ContextHandle context = make_context(model.get(), pool.get(), rope, 8);
    const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 4);
    Batch batch;
    batch.pages = {0, 1, 2, 3};
    batch.add(3, 0, 0);
    const std::vector<float> full = run(context.get(), kv.get(), batch, 1500);
    batch.highest = 5;
    const std::vector<float> highest = run(context.get(), kv.get(), batch, 1500);
    CHECK(bn_context_head_rows(context.get()) < 750);
    std::vector<float> sorted = full;
    std::nth_element(sorted.begin(), sorted.begin() + 4, sorted.end(), std::greater<float>());
    for (uint64_t r = 0; r < full.size(); ++r) {
      const bool kept = reference::same(highest[r], full[r]);
      if (!kept && (full[r] >= sorted[4] || highest[r] != -HUGE_VALF)) CHECK_EQ(highest[r], full[r]);
    }
  }
}

TEST("a head may be requantised twice, and not to what it is or to more") {
  SmallModel source(kWide[0]);
  const PoolHandle pool = make_pool(1);
  const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
  const auto to = [&](uint32_t type) {
    return bn_model_requantize_head(model.get(), pool.get(), type);
  };
  CHECK_EQ(to(BN_TYPE_Q8_0), BN_OK);
  const uint64_t bytes = bn_model_bytes(model.get());
  const std::vector<float> before = logits_of(source, model.get(), 1);
  CHECK_EQ(to(BN_TYPE_Q8_0), BN_ERROR_TENSOR_TYPE);
  CHECK_EQ(bn_model_bytes(model.get()), bytes);
  CHECK(logits_of(source, model.get(), 1) == before);
  CHECK_EQ(to(BN_TYPE_Q6_K), BN_OK);
  CHECK(bn_model_bytes(model.get()) < bytes);
  CHECK_EQ(to(BN_TYPE_Q8_0), BN_ERROR_TENSOR_TYPE);
}

TEST("what cannot be requantised is refused and leaves the model as it was") {
  const PoolHandle pool = make_pool(1);
  const auto check = [&](SmallModel& source, uint32_t type, int32_t status) {
    SCOPE("%s to %u", source.shape.name, type);
    const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
    const uint64_t bytes = bn_model_bytes(model.get());
    CHECK_EQ(bn_model_requantize_head(model.get(), pool.get(), type), status);
    CHECK_EQ(bn_model_bytes(model.get()), bytes);
    CHECK_EQ(model->output.type, source.shape.embd_type);
  };
  SmallModel narrow(kShapes[0]), q8_0(kShapes[3]), q6_k(kShapes[4]), q4_0(kShapes[5]);
  for (const uint32_t type : {BN_TYPE_F32, BN_TYPE_F16, BN_TYPE_Q4_0, BN_TYPE_BF16, BN_TYPE_I2_S}) {
    check(narrow, type, BN_ERROR_ARGUMENT);
  }
  check(narrow, 1000, BN_ERROR_ARGUMENT);
  check(narrow, BN_TYPE_Q6_K, BN_ERROR_TENSOR_SHAPE);
  check(q8_0, BN_TYPE_Q8_0, BN_ERROR_TENSOR_TYPE);
  check(q8_0, BN_TYPE_Q6_K, BN_ERROR_TENSOR_SHAPE);
  check(q6_k, BN_TYPE_Q6_K, BN_ERROR_TENSOR_TYPE);
  check(q6_k, BN_TYPE_Q8_0, BN_ERROR_TENSOR_TYPE);
  check(q4_0, BN_TYPE_Q8_0, BN_ERROR_TENSOR_TYPE);
  SmallModel infinite(kShapes[1]);
  const float infinity = HUGE_VALF;
  std::memcpy(&infinite.data[infinite.find(BN_SLOT_OUTPUT, 0)->offset + 400], &infinity, 4);
  check(infinite, BN_TYPE_Q8_0, BN_ERROR_TENSOR_VALUE);
  check(infinite, BN_TYPE_Q6_K, BN_ERROR_TENSOR_VALUE);
  const ModelHandle model = make_model(narrow, &bitnet::kernel_at(0));
  CHECK_EQ(bn_model_requantize_head(nullptr, pool.get(), BN_TYPE_Q8_0), BN_ERROR_NULL);
  CHECK_EQ(bn_model_requantize_head(model.get(), nullptr, BN_TYPE_Q8_0), BN_ERROR_NULL);
}
